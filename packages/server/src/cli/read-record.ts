/** Reads the fields that a command is to store. */
import { KvasirError } from 'kvasir'
import type { Io } from './io.ts'
import type { Output } from './output.ts'
import { readValue, sayHowToEnd, type ValueSource } from './read-value.ts'

/** What a command line says of a record. */
export interface GivenRecord {
  /** Arguments such as `name=Ada` and `age:=36`, or one that is a whole record as JSON. */
  readonly fields: readonly string[]
  readonly file: string | undefined
}

/**
 * The record that is given as arguments, in a file or on standard input. JSON that is no object is
 * left to the store to refuse.
 *
 * @throws {KvasirError} `KV_INVALID_ARGUMENT`, `KV_INVALID_VALUE`, `KV_TOO_LARGE`
 */
export async function readRecord(given: GivenRecord, io: Io, out: Output): Promise<object> {
  const { fields, file } = given
  if (fields.length > 0 && file !== undefined) {
    throw invalidArgument('Give the fields or --file, not both.')
  }
  const [first = '', ...others] = fields
  if (fields.length > 0 && !first.startsWith('{')) return parseFields(fields)
  if (others.length > 0) {
    throw invalidArgument('Give one record as JSON, or fields as name=text and name:=json.')
  }
  const source = sourceOf(fields[0], file, io)
  await sayHowToEnd(source, out)
  return parseJson(await readText(source), 'The record') as object
}

function sourceOf(text: string | undefined, file: string | undefined, io: Io): ValueSource {
  if (text !== undefined) return { kind: 'argument', text }
  return file === undefined ? { kind: 'stdin', stdin: io.stdin } : { kind: 'file', path: file }
}

async function readText(source: ValueSource): Promise<string> {
  return String(await readValue(source, 'text'))
}

/** `name=text` and `name:=json`, where the first `=` ends the name. */
function parseFields(args: readonly string[]): object {
  const fields = new Map<string, unknown>()
  for (const [index, argument] of args.entries()) {
    const [, name = '', colon, text = ''] = /^([^=]*?)(:?)=(.*)$/s.exec(argument) ?? []
    if (name === '') {
      throw invalidArgument(
        `Field ${index + 1} is not of the form name=text or name:=json. A name with "=" in it goes into a record as JSON.`,
      )
    }
    if (fields.has(name)) throw invalidArgument(`Field ${JSON.stringify(name)} is given twice.`)
    fields.set(name, colon === ':' ? parseJson(text, `Field ${JSON.stringify(name)}`) : text)
  }
  return Object.fromEntries(fields)
}

/** @throws {KvasirError} `KV_INVALID_VALUE` */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new KvasirError(
      'KV_INVALID_VALUE',
      `${what} is not JSON. Texts stand in double quotes there; a field that is text is name=text.`,
      { cause, outcome: 'not-applied' },
    )
  }
}

function invalidArgument(message: string): KvasirError {
  return new KvasirError('KV_INVALID_ARGUMENT', message, { outcome: 'not-applied' })
}
