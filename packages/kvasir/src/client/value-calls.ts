import { decodePlain } from '../codec/decode-plain.ts'
import type { DurationUnit } from '../codec/duration-ms.ts'
import type { StoredValue } from '../codec/stored-value.ts'
import type { BucketRef } from '../engine/engine.ts'
import type { OperationResult } from '../engine/operation.ts'
import { type Answer, badResponse, readJsonAnswer } from '../engines/remote/answer.ts'
import { numberOf, readStoredAnswer } from '../engines/remote/stored-answer.ts'
import type { ValueRequests } from '../engines/remote/value-requests.ts'
import { headerNames } from '../protocol/names.ts'
import {
  writeBy,
  writeJsonValue,
  writeOperation,
  writeOperations,
} from '../protocol/wire-value-operation.ts'
import { readLifetimes, readOnlyResult, readRevision } from '../protocol/wire-value-result.ts'
import {
  isOptions,
  isPlainKey,
  type PlainOptions,
  plainJson,
  plainOptions,
} from './plain-arguments.ts'

export interface ValueCallsParts {
  readonly at: BucketRef
  readonly requests: ValueRequests
  readonly ttlUnit: DurationUnit
  /** Gets a value as the whole store does. */
  readonly getWhole: (key: string) => Promise<unknown>
}

/** `undefined`: nothing has been done, and the whole store is to see to it. */
type ValueCall = (...given: unknown[]) => Promise<unknown> | undefined

/**
 * The calls of the `kv` dialect that most pages make and no others, for arguments that are fine
 * beyond doubt. What they send is what the whole store would send.
 */
export function createValueCalls(parts: ValueCallsParts): Readonly<Record<string, ValueCall>> {
  const { at, requests, ttlUnit } = parts

  return {
    get: (key) => (isPlainKey(key) ? getPlain(parts, key) : undefined),
    set(key, value, third) {
      const options = plainOptions(isOptions(third) ? third : { ttl: third ?? undefined }, ttlUnit)
      const json = plainJson(value)
      if (!options || json === undefined || !isPlainKey(key)) return undefined
      const members = [writeJsonValue(json)]
      return commit(parts, { op: 'put', key, members, options }).then(() => undefined)
    },
    has(key) {
      if (!isPlainKey(key)) return undefined
      const reads = [{ key, ttl: true }]
      const answer = requests.read(at, JSON.stringify({ bucket: at.bucket, reads }))
      return answer.then((come) => readJsonAnswer(come, readLifetimes)[0]?.ttlMs !== undefined)
    },
    delete(key, given) {
      const options = plainOptions(given, ttlUnit)
      if (!isPlainKey(key) || !options || options.ttl !== undefined) return undefined
      const result = commit(parts, { op: 'delete', key, members: [], options })
      return result.then(({ changed }) => changed)
    },
    clear() {
      const answer = requests.purge(at)
      return answer.then((come) => {
        readJsonAnswer(come, readRevision)
      })
    },
    increment(key, by = 1, given = undefined) {
      const options = plainOptions(given, ttlUnit)
      if (!isPlainKey(key) || !options || !Number.isFinite(by)) return undefined
      const members = [writeBy(by as number)]
      const result = commit(parts, { op: 'increment', key, members, options })
      return result.then(({ number }) => number)
    },
  }
}

interface PlainOperation {
  readonly op: 'put' | 'delete' | 'increment'
  readonly key: string
  /** What else it has, as JSON text. */
  readonly members: readonly string[]
  readonly options: PlainOptions
}

async function commit(
  { at, requests }: ValueCallsParts,
  { op, key, members, options: { ttl, durability } }: PlainOperation,
): Promise<OperationResult> {
  const body = writeOperations(at.bucket, [writeOperation({ op, key, ttl }, members)])
  const answer = await requests.batch(at, body, durability && { durability })
  return readJsonAnswer(answer, readOnlyResult)
}

async function getPlain(
  { at, requests, getWhole }: ValueCallsParts,
  key: string,
): Promise<unknown> {
  const answer = await requests.entry(at, { key })
  if (!answer) return null
  if (answer.headers.has(headerNames.sets)) return getWhole(key)
  return decodePlain(storedIn(answer))
}

/** The value of an answer that has a revision, as those of a Kvasir server do. */
function storedIn(answer: Answer): StoredValue {
  try {
    numberOf(answer, headerNames.revision)
    return readStoredAnswer(answer)
  } catch (cause) {
    throw badResponse(answer.status, cause)
  }
}
