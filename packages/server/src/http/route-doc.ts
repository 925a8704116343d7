import type { ErrorCode } from 'kvasir'
import { mediaTypes } from 'kvasir/protocol'
import type { z } from 'zod'
import type { AnswerHeader, RequestHeader } from './openapi/headers.ts'

/** The parts that the document is in, with what each is about. */
export const tags = {
  Keys: 'One key at a time. Each request has two forms: `…/entry?key=`, which takes every key and which programs should use, and `…/keys/{key}`, for people.',
  Batches: 'Many operations in one atomic step, and many questions in one answer.',
  Records:
    'Records: JSON objects of named fields, as wholes. As with keys, `…/record?key=` is for programs and `…/records/{key}` for people. A record that does not exist is `{}`, never a 404.',
  'Record fields': 'The numbers, lists and sets in records, each request one atomic step.',
  Listing: 'The keys of a bucket, what happened to them, and what happens now.',
  Buckets: 'Buckets as wholes: their settings and their figures.',
  Functions:
    'Functions called by name with one object of parameters, for flows and programs in other languages. Failures have a form of their own.',
  Projects: 'Which projects there are, and which one a request speaks of.',
  Server: 'How the server is, and what it tells about itself.',
} as const

export type Tag = keyof typeof tags

/** What a body can be: shapes by media type. */
export type Content = Readonly<Record<string, z.ZodType>>

export interface AnswerDoc {
  readonly description: string
  /** None: the answer has no body. */
  readonly content?: Content
  readonly headers?: readonly AnswerHeader[]
}

export interface BodyDoc {
  readonly content: Content
  /** Whether the request can do without; default: it cannot. */
  readonly isOptional?: true
  /** Typical bodies. */
  readonly examples?: readonly unknown[]
}

/**
 * What clients have to know of a route, as data. What follows from its path, its scopes and its
 * body is not said again: the document's builder adds it, failures included.
 */
export interface RouteDoc {
  /** What clients made of the document call the operation. */
  readonly operationId: string
  readonly tag: Tag
  readonly summary: string
  readonly description?: string
  /** What validates the query. */
  readonly query?: z.ZodObject
  /** A parameter of the query that may be repeated. */
  readonly repeatable?: { readonly name: string; readonly description: string }
  /** Whether it is about one key, in the path or in the query as the route's path says. */
  readonly hasKey?: true
  /** Whether the document has HEAD apart: it answers what GET does, without the body. */
  readonly hasHead?: true
  readonly headers?: readonly RequestHeader[]
  readonly body?: BodyDoc
  readonly answers: Readonly<Partial<Record<200 | 201 | 202 | 304, AnswerDoc>>>
  /** The failures that are its own. */
  readonly errors?: readonly ErrorCode[]
}

/** For a route whose path stands for several in the document, each with its own documentation. */
export interface PathDocs {
  readonly paths: () => Readonly<Record<string, RouteDoc>>
}

/** An answer in JSON. */
export function jsonAnswer(
  description: string,
  shape: z.ZodType,
  headers: readonly AnswerHeader[] = [],
): AnswerDoc {
  return { description, content: { [mediaTypes.json]: shape }, headers }
}

/** A body in JSON. */
export function jsonBody(shape: z.ZodType, ...examples: readonly unknown[]): BodyDoc {
  return { content: { [mediaTypes.json]: shape }, examples }
}
