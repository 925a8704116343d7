import { errorCatalog } from 'kvasir'
import { projectSettings } from '../../config/settings.ts'
import { defineCommand } from '../define-command.ts'
import { withRecords } from '../open-store.ts'

export const addRecordExists = defineCommand({
  name: 'exists',
  args: ['<key>'],
  summary: 'print whether a record exists; exit with 0 if it does and 3 if not',
  settings: projectSettings,
  switches: {},
  examples: ['record exists user:1 --data ./data'],
  run: async ({ args: [key], out, ...request }) => {
    const exists = await withRecords(request, 'refuse', (records) => records.exists(key))
    if (out.isJson) await out.json({ key, exists })
    else await out.line(String(exists))
    return exists ? 0 : errorCatalog.KV_KEY_NOT_FOUND.exitCode
  },
})
