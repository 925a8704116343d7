/**
 * What verbs of the socket do: the same as their requests over HTTP, in fewer words. `put` and
 * `increment` are in `plain-write.ts`, reads of more than single values in `listing-messages.ts`.
 */
import type { CheckedEngine, Engine, Entry } from 'kvasir/engine'
import { absentStatus, type FrameWriter, textOfValue, writeResults } from 'kvasir/protocol'
import { projectFor } from '../http/authenticate.ts'
import { readBatch, readQuestions, writeAnswers } from '../http/read-batch.ts'
import { invalidArgument } from '../http/shape.ts'
import { conflictError } from '../http/write-entry.ts'
import { smallAnswerBytes } from '../limits/server-limits.ts'
import { bucket, buckets, history, list } from './listing-messages.ts'
import { type Answer, number, open, projectOf, type Question, text } from './question.ts'
import { verbs } from './socket-verbs.ts'

/**
 * Answers the plain `get` of a small value, which nearly all are, or of none, without waiting.
 * Says whether it did: all else, and all that is wrong, is for `answerMessage`.
 */
export function answerAtOnce(
  { message, grant }: Question,
  engine: CheckedEngine,
  frame: FrameWriter,
): boolean {
  const [id, verb, , named, bucket, key, revision] = message
  if (verb !== 'get' || (revision !== undefined && revision !== null)) return false
  if (typeof named !== 'string' || typeof bucket !== 'string' || typeof key !== 'string')
    return false
  if (!grant.scopes.includes('read')) return false
  let entry: Entry | null | undefined
  try {
    const project = projectFor(named === 'default' ? undefined : named, grant)
    entry = engine.getAtOnce({ project, bucket }, key)
  } catch {
    return false // The other way meets it again, and says what it is.
  }
  if (entry === undefined) return false
  if (entry === null) frame.addText(`${id},${absentStatus}`, '')
  else if (entry.value.data.length > smallAnswerBytes) return false
  else addEntry(frame, id, entry)
  return true
}

function addEntry(frame: FrameWriter, id: number, entry: Entry): void {
  const { value, revision: at, createdAt, updatedAt, expiresAt } = entry
  const sets = 'sets' in value && value.sets ? JSON.stringify(value.sets) : undefined
  const last = sets
    ? `,${expiresAt ?? null},${sets}`
    : expiresAt === undefined
      ? ''
      : `,${expiresAt}`
  frame.addText(`${id},200`, `,"${value.kind}",${at},${createdAt},${updatedAt}${last}`, value.data)
}

/**
 * Does what a message asks that is no plain write.
 *
 * @throws {KvasirError} as the request over HTTP would answer.
 */
export function answerMessage(question: Question, engine: Engine): Promise<Answer> {
  const [, verb] = question.message
  switch (verb) {
    case 'get':
      return get(question, engine)
    case 'batch':
      return batch(question, engine)
    case 'read':
      return read(question, engine)
    case 'list':
      return list(question, engine)
    case 'history':
      return history(question, engine)
    case 'bucket':
      return bucket(question, engine)
    case 'buckets':
      return buckets(question, engine)
    default:
      throw invalidArgument(
        `The socket has no verb ${JSON.stringify(verb).slice(0, 100)}. It takes ${Array.from(verbs).join(', ')}.`,
      )
  }
}

async function get(question: Question, engine: Engine): Promise<Answer> {
  const { id, rest } = open(question, 'read')
  const [project, bucket, key, revision] = rest
  const at = { project: projectOf(project, question), bucket: text(bucket, 'bucket') }
  const options =
    revision === undefined || revision === null ? {} : { revision: number(revision, 'revision') }
  const entry = await engine.get(at, text(key, 'key'), options)
  return (frame) => {
    if (entry) frame.add([id, 200], partsOf(entry), entry.value.data)
    else frame.add([id, absentStatus], [])
  }
}

async function batch(question: Question, engine: Engine): Promise<Answer> {
  const { id, rest } = open(question, 'write')
  const [project, idempotencyKey] = rest
  const { bucket, operations } = readBatch(textOfValue(question.value), question.grant)
  const at = { project: projectOf(project, question), bucket }
  const options = { idempotencyKey: text(idempotencyKey, 'idempotencyKey') }
  const committed = await engine.commit(at, operations, options)
  if (!committed.ok) throw conflictError(committed.conflict)
  const json = writeResults(committed.results)
  return (frame) => frame.add([id, 200], [], json)
}

async function read(question: Question, engine: Engine): Promise<Answer> {
  const { id, rest } = open(question, 'read')
  const [project] = rest
  const { bucket, reads } = readQuestions(textOfValue(question.value))
  const json = writeAnswers(
    await engine.read({ project: projectOf(project, question), bucket }, reads),
  )
  return (frame) => frame.add([id, 200], [], json)
}

function partsOf({ value, revision, createdAt, updatedAt, expiresAt }: Entry): unknown[] {
  const sets = 'sets' in value ? value.sets : undefined
  return [value.kind, revision, createdAt, updatedAt, expiresAt, sets]
}
