import { defineTaking } from '../define-list-command.ts'

export const addRecordShift = defineTaking(
  {
    name: 'shift',
    summary: 'take the first element, or so many, off a list; exit with 3 if there is none',
  },
  (records, key, counts) => records.shiftMulti(key, counts),
)
