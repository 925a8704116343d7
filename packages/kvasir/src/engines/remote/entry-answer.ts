import type { StoredValue } from '../../codec/stored-value.ts'
import type { Entry } from '../../engine/entry.ts'
import { isObjectText } from '../../protocol/json-shape.ts'
import { headerNames, setsTooLong } from '../../protocol/names.ts'
import { readEntry } from '../../protocol/wire-entry.ts'
import { readSets } from '../../protocol/wire-sets.ts'
import { type Answer, badResponse, readJsonAnswer } from './answer.ts'
import { numberOf, readStoredAnswer } from './stored-answer.ts'

/**
 * Reads an entry whose value is the answer's body, unparsed. Only when its sets do not fit into a
 * header is it asked for again in the form that has them in the body.
 */
export async function readEntryAnswer(
  key: string,
  get: (envelope?: true) => Promise<Answer | undefined>,
): Promise<Entry | undefined> {
  const answer = await get()
  if (!answer) return undefined
  if (answer.headers.get(headerNames.sets) !== setsTooLong) return entryOf(key, answer)
  const enveloped = await get(true)
  return enveloped && readJsonAnswer(enveloped, readEntry)
}

function entryOf(key: string, answer: Answer): Entry {
  try {
    const expiresAt = answer.headers.get(headerNames.expiresAt)
    return {
      key,
      value: storedValueOf(answer),
      revision: numberOf(answer, headerNames.revision),
      createdAt: numberOf(answer, headerNames.createdAt),
      updatedAt: numberOf(answer, headerNames.updatedAt),
      ...(expiresAt !== null && { expiresAt: numberOf(answer, headerNames.expiresAt) }),
    }
  } catch (cause) {
    throw badResponse(answer.status, cause)
  }
}

function storedValueOf(answer: Answer): StoredValue {
  const stored = readStoredAnswer(answer)
  if (stored.kind !== 'json') return stored
  const { data } = stored
  const kind = isObjectText(data) ? 'record' : 'json'
  const sets = answer.headers.get(headerNames.sets)
  return sets === null ? { kind, data } : { kind, data, sets: readSets(JSON.parse(sets)) }
}
