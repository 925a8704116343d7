import { defineExtending } from '../define-list-command.ts'

export const addRecordUnshift = defineExtending(
  { name: 'unshift', summary: 'put values in front of a list in a record, in the order given' },
  (records, key, elements) => records.unshiftMulti(key, elements),
)
