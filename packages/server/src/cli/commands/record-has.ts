import { errorCatalog } from 'kvasir'
import { defineSetCommand } from '../define-set-command.ts'

export const addRecordHas = defineSetCommand({
  name: 'has',
  summary: 'print whether a set in a record has all members; exit with 0 if so and 3 if not',
  absence: 'refuse',
  operation: {
    strings: (records, key, fields) => records.hasStringMulti(key, fields),
    numbers: (records, key, fields) => records.hasNumberMulti(key, fields),
  },
  tell: async ({ key, field, asked, found: present }, out) => {
    const has = present.length === asked.length
    if (out.isJson) await out.json({ key, field, has, present })
    else await out.line(String(has))
    return has ? 0 : errorCatalog.KV_KEY_NOT_FOUND.exitCode
  },
})
