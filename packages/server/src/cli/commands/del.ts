import { storeSettings } from '../../config/settings.ts'
import { defineCommand } from '../define-command.ts'
import { withKv } from '../open-store.ts'

export const addDel = defineCommand({
  name: 'del',
  args: ['<keys...>'],
  summary: 'delete keys in one atomic step, and print how many there were',
  settings: storeSettings,
  switches: {},
  examples: ['del user:1 --data ./data', 'del user:1 user:2 --url http://127.0.0.1:7450'],
  run: async ({ args: [keys], out, ...request }) => {
    const deleted = await withKv(request, 'refuse', (kv) => kv.deleteMany(keys))
    if (out.isJson) await out.json({ deleted })
    else await out.line(String(deleted))
    return 0
  },
})
