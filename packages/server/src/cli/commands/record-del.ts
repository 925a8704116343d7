import { projectSettings } from '../../config/settings.ts'
import { defineCommand } from '../define-command.ts'
import { withRecords } from '../open-store.ts'
import { printRecord } from '../print-record.ts'

export const addRecordDel = defineCommand({
  name: 'del',
  args: ['<key>', '[fields...]'],
  summary: 'delete a record, or only some of its fields, and print what was deleted',
  settings: projectSettings,
  switches: {},
  examples: ['record del user:1 --data ./data', 'record del user:1 email --data ./data'],
  run: async ({ args: [key, fields], out, ...request }) => {
    const names = fields.length === 0 ? undefined : [...fields]
    const deleted = await withRecords(request, 'refuse', (records) => records.delete(key, names))
    if (out.isJson) await out.json({ key, deleted })
    else await printRecord(out, deleted)
    return 0
  },
})
