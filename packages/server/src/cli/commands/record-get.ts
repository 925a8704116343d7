import { projectSettings } from '../../config/settings.ts'
import { defineCommand } from '../define-command.ts'
import { withRecords } from '../open-store.ts'
import { printRecord } from '../print-record.ts'

export const addRecordGet = defineCommand({
  name: 'get',
  args: ['<key>', '[fields...]'],
  summary: 'print a record, or only some of its fields; {} if there is none',
  settings: projectSettings,
  switches: {},
  examples: ['record get user:1 --data ./data', 'record get user:1 name email --data ./data'],
  run: async ({ args: [key, fields], out, ...request }) => {
    const names = fields.length === 0 ? undefined : [...fields]
    const record = await withRecords(request, 'refuse', (records) => records.get(key, names))
    if (out.isJson) await out.json({ key, record })
    else await printRecord(out, record)
    return 0
  },
})
