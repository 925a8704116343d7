import { defineExtending } from '../define-list-command.ts'

export const addRecordAppend = defineExtending(
  { name: 'append', summary: 'add values at the end of a list in a record' },
  (records, key, elements) => records.appendMulti(key, elements),
)
