import { KvasirError } from 'kvasir'
import { storeSettings } from '../../config/settings.ts'
import { defineCommand } from '../define-command.ts'
import { toJsonEntry } from '../format.ts'
import { withKv } from '../open-store.ts'
import type { Output } from '../output.ts'

export const addGet = defineCommand({
  name: 'get',
  args: ['<key>'],
  summary: 'print the value of a key',
  settings: storeSettings,
  switches: {
    raw: { flag: '--raw', help: 'print the value alone, without a line break after it' },
  },
  examples: [
    'get user:1 --data ./data',
    'get logo --url http://127.0.0.1:7450 --token-file token > logo.png',
    'get user:1 --data ./data --json',
  ],
  run: async ({ args: [key], switches, out, ...request }) => {
    const entry = await withKv(request, 'refuse', (kv) => kv.getEntry(key))
    if (!entry) throw keyNotFound(key, request.settings.bucket)
    if (out.isJson) await out.json(toJsonEntry(entry))
    else await printValue(out, entry.value, switches.raw)
    return 0
  },
})

/** Bytes go out as they are; text and JSON end with a line break unless asked otherwise. */
async function printValue(out: Output, value: unknown, isRaw: boolean): Promise<void> {
  if (value instanceof Uint8Array) return out.raw(value)
  const indent = out.isTerminal ? 2 : undefined
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, indent)
  return isRaw ? out.raw(text) : out.line(text)
}

function keyNotFound(key: string, bucket: string): KvasirError {
  return new KvasirError(
    'KV_KEY_NOT_FOUND',
    `Key ${JSON.stringify(key)} does not exist in bucket "${bucket}", or has expired. "kvasir ls" shows the keys there are.`,
    { details: { key } },
  )
}
