import { defineSetCommand } from '../define-set-command.ts'

export const addRecordRemove = defineSetCommand({
  name: 'remove',
  summary: 'remove members from a set in a record, and print how many were there',
  absence: 'refuse',
  operation: {
    strings: (records, key, fields) => records.removeStringMulti(key, fields),
    numbers: (records, key, fields) => records.removeNumberMulti(key, fields),
  },
  tell: async ({ key, field, found: removed }, out) => {
    if (out.isJson) await out.json({ key, field, removed })
    else await out.line(String(removed.length))
    return 0
  },
})
