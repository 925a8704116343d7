/** What a batch did, on the wire. */
import type { OperationResult } from '../engine/operation.ts'
import { badAnswer } from './bad-answer.ts'
import { elementsOf, parseJson } from './json-slices.ts'
import { numberIn, openObject, readEntry, writeEntry } from './wire-entry.ts'
import {
  readListFields,
  readMemberFields,
  readNumberFields,
  writeListFields,
  writeMemberFields,
  writeNumberFields,
} from './wire-fields.ts'
import { writeNumber } from './wire-number.ts'

/** The answer to a batch that was applied, as JSON text. */
export function writeResults(results: readonly OperationResult[]): string {
  return `{"ok":true,"results":[${results.map(writeResult).join()}]}`
}

/** @throws {KvasirError} when the text is not the answer to a batch. */
export function readResults(json: string): OperationResult[] {
  const results = openObject(json).get('results')
  if (results === undefined) throw badAnswer('no results')
  return elementsOf(results).map(readResult)
}

/** What one operation did, as JSON text. */
export function writeResult(result: OperationResult): string {
  const { changed, revision, expiresAt, previous, number, numbers, elements, members } = result
  const parts = [JSON.stringify({ changed, revision, expiresAt }).slice(1, -1)]
  if (previous) parts.push(`"previous":${writeEntry(previous)}`)
  if (number !== undefined) parts.push(`"number":${writeNumber(number)}`)
  if (numbers) parts.push(writeNumberFields('numbers', numbers))
  if (elements) parts.push(writeListFields('elements', elements))
  if (members) parts.push(writeMemberFields('members', members))
  return `{${parts.join()}}`
}

function readResult(json: string): OperationResult {
  const result = openObject(json)
  const previous = result.get('previous')
  const numbers = result.get('numbers')
  const elements = result.get('elements')
  const members = result.get('members')
  const sets = result.get('sets')
  return {
    changed: result.get('changed') === 'true',
    revision: numberIn(result, 'revision'),
    ...(result.has('expiresAt') && { expiresAt: numberIn(result, 'expiresAt') }),
    ...(previous !== undefined && { previous: readEntry(previous) }),
    ...(result.has('number') && { number: numberIn(result, 'number') }),
    ...(numbers !== undefined && { numbers: readNumberFields(numbers) }),
    ...(elements !== undefined && {
      elements: readListFields(elements, sets && parseJson(sets)),
    }),
    ...(members !== undefined && { members: readMemberFields(members) }),
  }
}
