import { errorCatalog } from 'kvasir'
import { storeSettings } from '../../config/settings.ts'
import { defineCommand } from '../define-command.ts'
import { withKv } from '../open-store.ts'

export const addHas = defineCommand({
  name: 'has',
  args: ['<key>'],
  summary: 'print whether a key exists; exit with 0 if it does and 3 if not',
  settings: storeSettings,
  switches: {},
  examples: ['has user:1 --data ./data', 'has user:1 --data ./data > /dev/null && echo yes'],
  run: async ({ args: [key], out, ...request }) => {
    const exists = await withKv(request, 'refuse', (kv) => kv.has(key))
    if (out.isJson) await out.json({ key, exists })
    else await out.line(String(exists))
    return exists ? 0 : errorCatalog.KV_KEY_NOT_FOUND.exitCode
  },
})
