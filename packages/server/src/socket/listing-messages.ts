/** Verbs of the socket that read more than single values: as their requests, in fewer words. */
import { type BucketRef, type Engine, type ListQuery, readPage } from 'kvasir/engine'
import { changeRow, entryRow } from 'kvasir/protocol'
import { invalidArgument } from '../http/shape.ts'
import { type Answer, number, open, projectOf, type Question, text } from './question.ts'

export async function list(question: Question, engine: Engine): Promise<Answer> {
  const { id, rest } = open(question, 'read')
  const { entries, hasMore } = await readPage({ engine }, bucketOf(question, rest), queryOf(rest))
  return (frame) => {
    frame.addMany([id, 200], (add) => [entries.map((entry) => entryRow(entry, add)), hasMore])
  }
}

export async function history(question: Question, engine: Engine): Promise<Answer> {
  const { id, rest } = open(question, 'read')
  const [, , key, limit] = rest
  const options = isAbsent(limit) ? {} : { limit: number(limit, 'limit') }
  const changes = await engine.history(bucketOf(question, rest), text(key, 'key'), options)
  return (frame) => {
    frame.addMany([id, 200], (add) => [changes.map((change) => changeRow(change, add))])
  }
}

export async function bucket(question: Question, engine: Engine): Promise<Answer> {
  const { id, rest } = open(question, 'read')
  const info = await engine.getBucket(bucketOf(question, rest))
  return (frame) => frame.add([id, 200], [info])
}

export async function buckets(question: Question, engine: Engine): Promise<Answer> {
  const { id, rest } = open(question, 'read')
  const [project, limit, publishing, after] = rest
  const page = await engine.listBuckets(projectOf(project, question), {
    limit: number(limit, 'limit'),
    ...(publishing === true && { publishing }),
    ...(!isAbsent(after) && { after: text(after, 'after') }),
  })
  return (frame) => frame.add([id, 200], [page.buckets, page.hasMore])
}

function bucketOf(question: Question, [project, named]: readonly unknown[]): BucketRef {
  return { project: projectOf(project, question), bucket: text(named, 'bucket') }
}

function queryOf([
  ,
  ,
  order,
  limit,
  values,
  reverse,
  prefix,
  after,
]: readonly unknown[]): ListQuery {
  const shared = {
    limit: number(limit, 'limit'),
    keysOnly: values !== true,
    reverse: reverse === true,
    ...(!isAbsent(prefix) && { prefix: text(prefix, 'prefix') }),
  }
  if (order === 'revision') {
    return { ...shared, order, ...(!isAbsent(after) && { after: number(after, 'after') }) }
  }
  if (order !== 'key') throw invalidArgument('The message takes "key" or "revision" as order.')
  return { ...shared, order, ...(!isAbsent(after) && { after: text(after, 'after') }) }
}

function isAbsent(member: unknown): member is null | undefined {
  return member === undefined || member === null
}
