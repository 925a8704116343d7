import { storedBytes } from '../codec/stored-value.ts'
import { utf8Length } from '../codec/utf8.ts'
import type { Content } from './apply.ts'
import { applyToFields, type FieldsOperation } from './apply-to-fields.ts'
import type { Entry } from './entry.ts'

/**
 * How a commit gets at the values of stored entries. An engine that does not have all of them in
 * hand, or that keeps some in parts, brings its own way.
 */
export interface ValueAccess {
  /** The bytes that an entry counts: its key's and its value's. */
  bytesOf(entry: Entry): number
  /** The entry with all of its value, as it is before the next change. */
  whole(entry: Entry): Entry
  /** What the function `applyToFields` answers; the value may be one that only the engine reads. */
  applyToFields(current: Entry | undefined, operation: FieldsOperation): Content
}

/** Values that are in hand, as they are. */
export const wholeValues: ValueAccess = {
  bytesOf: (entry) => utf8Length(entry.key) + storedBytes(entry.value),
  whole: (entry) => entry,
  applyToFields,
}
