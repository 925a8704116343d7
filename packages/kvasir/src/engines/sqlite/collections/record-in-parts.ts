import type { StoredJson } from '../../../codec/stored-value.ts'
import { KvasirError } from '../../../errors/kvasir-error.ts'
import { bytesApart, type Collections, type RecordParts } from './collection.ts'

/**
 * The value of a stored record with large fields, at one moment of a commit. Operations change it
 * without reading it; whoever needs all of it asks for it before the next change.
 */
export class RecordInParts implements StoredJson, RecordParts {
  readonly kind = 'record'
  readonly rest: StoredJson
  readonly collections: Collections

  constructor({ rest, collections }: RecordParts) {
    this.rest = rest
    this.collections = collections
  }

  /** UTF-8 bytes of the whole record's text. */
  get bytes(): number {
    return Buffer.byteLength(this.rest.data) + bytesApart(this.collections)
  }

  // Its elements may have changed since, so that a forgotten case must be loud.
  get data(): never {
    throw new KvasirError('KV_INTERNAL', 'A record in parts was taken for a whole one.')
  }
}
