import { defineSetCommand } from '../define-set-command.ts'

export const addRecordAdd = defineSetCommand({
  name: 'add',
  summary: 'add members to a set in a record, and print how many were new',
  absence: 'create',
  operation: {
    strings: (records, key, fields) => records.addStringMulti(key, fields),
    numbers: (records, key, fields) => records.addNumberMulti(key, fields),
  },
  tell: async ({ key, field, found: added }, out) => {
    if (out.isJson) await out.json({ key, field, added })
    else await out.line(String(added.length))
    return 0
  },
})
