import { parseNumber } from '../../config/parse.ts'
import { projectSettings } from '../../config/settings.ts'
import { defineCommand } from '../define-command.ts'
import { withRecords } from '../open-store.ts'
import { changedTtlSetting } from '../record-settings.ts'

export const addRecordIncr = defineCommand({
  name: 'incr',
  args: ['<key>', '<field>', '[amount]'],
  summary: 'add to a number in a record (1 unless told otherwise), and print the new number',
  settings: { ttl: changedTtlSetting, ...projectSettings },
  switches: {},
  examples: [
    'record incr visits today --ttl 1d --data ./data',
    'record incr stock apples -5 --data ./data',
  ],
  run: async ({ args: [key, field, amount = '1'], settings, given, out }) => {
    const { ttl } = settings
    const by = parseNumber(amount, 'amount')
    const number = await withRecords({ settings, given }, 'create', (records) =>
      records.increment(key, field, by, { ...(ttl !== undefined && { ttl }) }),
    )
    if (out.isJson) await out.json({ key, field, number })
    else await out.line(String(number))
    return 0
  },
})
