/**
 * The server's figures in the form that Prometheus reads. Labels are words of ours alone: neither
 * keys, nor names of projects or buckets, nor anything else that a request brings.
 */

import type { EngineFigures } from 'kvasir/engine'
import { AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { ConnectionFigures } from '../http/connection-guard.ts'
import type { AnswerFigures } from '../limits/answer-budget.ts'
import type { SocketFigures } from '../socket/socket-figures.ts'
import type { StreamFigures } from '../watch/stream-count.ts'
import { CallCounts } from './call-counts.ts'
import { type AnsweredRequest, RequestFigures } from './request-figures.ts'

export type MetricsSnapshot = Awaited<ReturnType<Registry['getMetricsAsJSON']>>

/** The figures of several processes as text: sums where they count, averages where they measure. */
export function writeTogether(snapshots: readonly MetricsSnapshot[]): Promise<string> {
  return AggregatorRegistry.aggregate([...snapshots]).metrics()
}

export interface ServerMetrics
  extends ConnectionFigures,
    StreamFigures,
    SocketFigures,
    AnswerFigures {
  requestAnswered(request: AnsweredRequest): void
  readonly mediaType: string
  /** All of them as text. */
  write(): Promise<string>
  /** All of them as data, to be written with those of other processes. */
  snapshot(): Promise<MetricsSnapshot>
}

export interface MetricsOptions {
  /** Whether to tell of the process too: its memory, its event loop, its processor time. */
  readonly ofProcess?: boolean
  /** What the engine has counted; default: its figures are left out. */
  readonly engine?: { figures?(): EngineFigures | undefined }
}

export function createMetrics({ ofProcess = false, engine }: MetricsOptions = {}): ServerMetrics {
  const registry = new Registry()
  const registers = [registry]
  if (ofProcess) collectDefaultMetrics({ register: registry })
  const requests = new RequestFigures(registers)
  if (engine) readEngine(registers, engine)
  return {
    ...countConnections(registers),
    ...countStreams(registers),
    ...countSockets(registers),
    ...countAnswers(registers),
    requestAnswered: (request) => requests.note(request),
    mediaType: registry.contentType,
    write: () => registry.metrics(),
    snapshot: () => registry.getMetricsAsJSON(),
  }
}

function countConnections(registers: Registry[]): ConnectionFigures {
  const open = new Gauge({
    name: 'kvasir_connections',
    help: 'Connections that are open.',
    registers,
  })
  const opened = new Counter({
    name: 'kvasir_connections_total',
    help: 'Connections that have been taken.',
    registers,
  })
  const refused = new Counter({
    name: 'kvasir_connections_refused_total',
    help: 'Connections that were refused, by the limit that they were over.',
    labelNames: ['reason'],
    registers,
  })
  const cut = new Counter({
    name: 'kvasir_connections_cut_total',
    help: 'Connections that were cut because the client kept the server waiting.',
    labelNames: ['reason'],
    registers,
  })
  return {
    connectionOpened: () => {
      open.inc()
      opened.inc()
    },
    connectionClosed: () => open.dec(),
    connectionRefused: (reason) => refused.inc({ reason }),
    connectionCut: (reason) => cut.inc({ reason }),
  }
}

function countStreams(registers: Registry[]): StreamFigures {
  const open = new Gauge({
    name: 'kvasir_streams',
    help: 'Streams of events and sockets that are open.',
    registers,
  })
  const refused = new Counter({
    name: 'kvasir_streams_refused_total',
    help: 'Streams of events and sockets that were refused, by the limit that they were over.',
    labelNames: ['reason'],
    registers,
  })
  return {
    streamOpened: () => open.inc(),
    streamClosed: () => open.dec(),
    streamRefused: (reason) => refused.inc({ reason }),
  }
}

function countSockets(registers: Registry[]): SocketFigures {
  const open = new Gauge({
    name: 'kvasir_sockets',
    help: 'Sockets whose clients have said who they are.',
    registers,
  })
  const calls = new CallCounts()
  new Counter({
    name: 'kvasir_socket_calls_total',
    help: 'Calls over sockets that have been answered.',
    labelNames: ['verb', 'status'],
    registers,
    collect() {
      this.reset()
      for (const { verb, status, count } of calls.all()) this.inc({ verb, status }, count)
    },
  })
  return {
    socketOpened: () => open.inc(),
    socketClosed: () => open.dec(),
    callAnswered: (verb, status) => calls.note(verb, status),
  }
}

function countAnswers(registers: Registry[]): AnswerFigures {
  const held = new Gauge({
    name: 'kvasir_answer_bytes',
    help: 'What values take in answers that are being read or sent, small answers left out.',
    registers,
  })
  const waited = new Counter({
    name: 'kvasir_answers_waited_total',
    help: 'How often an answer waited for room.',
    registers,
  })
  const refused = new Counter({
    name: 'kvasir_answers_refused_total',
    help: 'Answers that were refused because there was no room in time.',
    registers,
  })
  return {
    answerBytesHeld: (bytes) => held.set(bytes),
    answerWaited: () => waited.inc(),
    answerRefused: () => refused.inc(),
  }
}

/** Figures that the engine counts by itself, read whenever somebody asks. */
function readEngine(registers: Registry[], engine: NonNullable<MetricsOptions['engine']>): void {
  new Counter({
    name: 'kvasir_hot_entry_reads_total',
    help: 'Reads that values in memory might answer, by whether one did (hit) or not (miss).',
    labelNames: ['result'],
    registers,
    collect() {
      const figures = engine.figures?.()
      if (!figures) return
      this.reset()
      this.inc({ result: 'hit' }, figures.hotEntries.hits)
      this.inc({ result: 'miss' }, figures.hotEntries.misses)
    },
  })
  new Gauge({
    name: 'kvasir_hot_entry_bytes',
    help: 'What those values take at most.',
    registers,
    collect() {
      this.set(engine.figures?.()?.hotEntries.bytes ?? 0)
    },
  })
  new Gauge({
    name: 'kvasir_hot_entry_bytes_max',
    help: 'What those values may take.',
    registers,
    collect() {
      this.set(engine.figures?.()?.hotEntries.bytesMax ?? 0)
    },
  })
}
