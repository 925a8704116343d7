import { defineTaking } from '../define-list-command.ts'

export const addRecordPeek = defineTaking(
  {
    name: 'peek',
    summary: 'print the first element, or so many, of a list; exit with 3 if there is none',
  },
  (records, key, counts) => records.peekMulti(key, counts),
)
