import { getHeapStatistics } from 'node:v8'

const mebibyte = 1024 * 1024

/** What a server takes at most, so that nobody can take it away from the others. */
export interface ConnectionLimits {
  /** Connections at a time. Further ones are answered 503 and closed. */
  readonly connectionsMax: number
  /**
   * Connections at a time from one address (an IPv6 network of 64 bits counts as one). Further ones
   * are answered 429 and closed. A proxy is one address.
   */
  readonly connectionsPerAddressMax: number
  /** Bytes of a request's first line and headers together; more are answered 431. */
  readonly headerBytesMax: number
}

export interface ServerTimeouts {
  /** The most time that the headers of a request may take. */
  readonly headersMs: number
  /** The most time that a whole request may take to arrive. */
  readonly requestMs: number
  /**
   * How long a client may keep the server waiting: one that sends less than 4 KiB of its body, or
   * takes less than 16 KiB of its answer, in so much time is cut.
   */
  readonly stallMs: number
  /** How long an idle connection is kept. */
  readonly keepAliveMs: number
  /** How often all of these are looked at. */
  readonly checkingMs: number
}

export interface StreamLimits {
  /** Streams of events and sockets at a time. Further ones are answered 503. */
  readonly streamsMax: number
  /** Streams of events and sockets of one project at a time. Further ones are answered 429. */
  readonly streamsPerProjectMax: number
}

export const connectionLimits: ConnectionLimits = {
  connectionsMax: 10_000,
  connectionsPerAddressMax: 5000,
  headerBytesMax: 16 * 1024,
}

/** A client that does its worst is gone within ten seconds. */
export const serverTimeouts: ServerTimeouts = {
  headersMs: 6000,
  requestMs: 120_000,
  stallMs: 6000,
  keepAliveMs: 65_000,
  checkingMs: 500,
}

/** Fewer than connections, so that streams never keep requests out. */
export const streamLimits: StreamLimits = { streamsMax: 8000, streamsPerProjectMax: 2000 }

/** What one socket may have under way, so that its answers fit into memory. */
export const socketLimits = {
  /** How long a client may take to say who it is. */
  helloMs: 6000,
  /** What may come before the client has said who it is, or while frames wait. */
  helloBytesMax: 16 * 1024,
  waitingFrameBytesMax: 1024 * 1024,
  /** Reads at a time: each may have an answer of the largest value. */
  readsMax: 64,
  writesMax: 10_000,
  /** Answers that wait for the client to take them; beyond, nothing new is begun. */
  waitingAnswerBytesMax: 16 * 1024 * 1024,
} as const

/** What of the heap, which may be small, answers may take, and bodies as well. */
const shareOfHeap = Math.min(
  512 * mebibyte,
  Math.max(32 * mebibyte, Math.floor(getHeapStatistics().heap_size_limit / 8)),
)

/**
 * Bytes of the values in answers under way at a time, the first `smallAnswerBytes` of each not
 * counted. On its way to a client, a value is in memory up to six times: as text, within JSON, and
 * as bytes.
 */
export const heldAnswerBytesMax = shareOfHeap
export const smallAnswerBytes = 64 * 1024
/** How long a request waits for room for its answer, and how many may do so at a time. */
export const answerWaitMs = 2000
export const answersWaitingMax = 1000

/**
 * Bytes of bodies at work at a time, those of at most `smallBodyBytes` not counted. While it is
 * worked on, a body is in memory as bytes, as text, and as what is stored.
 */
export const waitingBodyBytesMax = shareOfHeap
export const smallBodyBytes = 64 * 1024

/** What a server keeps in memory of what is read again and again, unless it is told otherwise. */
export const cacheBytesOfServer = Math.min(
  256 * mebibyte,
  Math.floor(getHeapStatistics().heap_size_limit / 4),
)
/** What it may be told: `openEngine` takes no more. */
export const cacheBytesMax = Math.floor(getHeapStatistics().heap_size_limit / 2)

/** When a client that was refused for a limit is told to come back. */
export const retryAfterSeconds = 2
