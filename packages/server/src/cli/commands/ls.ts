import type { Kv, KvListOptions } from 'kvasir'
import { parseWhole } from '../../config/parse.ts'
import { storeSettings } from '../../config/settings.ts'
import { defineCommand } from '../define-command.ts'
import { onOneLine, toJsonEntry, valueOnOneLine } from '../format.ts'
import { withKv } from '../open-store.ts'
import type { Output } from '../output.ts'

export const addLs = defineCommand({
  name: 'ls',
  args: ['[prefix]'],
  summary: 'list the keys, or those that begin with a prefix, in the order of their bytes',
  settings: {
    limit: { flag: '--limit <number>', help: 'stop after so many', parse: parseWhole },
    ...storeSettings,
  },
  switches: {
    reverse: { flag: '--reverse', help: 'begin with the last' },
    values: { flag: '--values', help: 'print the values, after a tab' },
  },
  examples: [
    'ls --data ./data',
    'ls user: --limit 10 --reverse --values --data ./data',
    'ls user: --values --json --url http://127.0.0.1:7450 > users.ndjson',
  ],
  run: async ({ args: [prefix], settings, switches, given, out }) => {
    const { limit } = settings
    const query = {
      reverse: switches.reverse,
      ...(prefix !== undefined && { prefix }),
      ...(limit !== undefined && { limit }),
    }
    const print = switches.values ? printEntries : printKeys
    if (limit === 0) return 0
    await withKv({ settings, given }, 'refuse', (kv) => print(kv, query, out))
    return 0
  },
})

async function printKeys(kv: Kv, query: KvListOptions, out: Output): Promise<void> {
  for await (const key of kv.keys(query)) {
    if (out.isJson) await out.json({ key })
    else await out.line(onOneLine(key))
  }
}

async function printEntries(kv: Kv, query: KvListOptions, out: Output): Promise<void> {
  for await (const entry of kv.entries(query)) {
    if (out.isJson) await out.json(toJsonEntry(entry))
    else await out.line(`${onOneLine(entry.key)}\t${valueOnOneLine(entry.value)}`)
  }
}
