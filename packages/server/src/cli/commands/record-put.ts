import { projectSettings } from '../../config/settings.ts'
import { defineCommand } from '../define-command.ts'
import { withRecords } from '../open-store.ts'
import { printRecord } from '../print-record.ts'
import { readRecord } from '../read-record.ts'
import { recordFileSetting, ttlSetting } from '../record-settings.ts'

export const addRecordPut = defineCommand({
  name: 'put',
  args: ['<key>', '[fields...]'],
  summary: 'store a record in place of what is there, and print the record from before',
  settings: { ttl: ttlSetting, file: recordFileSetting, ...projectSettings },
  switches: {},
  examples: [
    'record put user:1 name=Ada age:=36 --ttl 1h --data ./data',
    `record put user:1 '{"name":"Ada"}' --data ./data`,
    'record put user:1 --file user.json --url http://127.0.0.1:7450',
  ],
  run: async ({ args: [key, fields], settings, given, io, out }) => {
    const { ttl, file } = settings
    const record = await readRecord({ fields, file }, io, out)
    const previous = await withRecords({ settings, given }, 'create', (records) =>
      records.put(key, record, { ...(ttl !== undefined && { ttl }) }),
    )
    if (out.isJson) await out.json({ key, previous })
    else await printRecord(out, previous)
    return 0
  },
})
