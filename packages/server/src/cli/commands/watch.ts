import type { Kv, KvChange, KvWatchOptions } from 'kvasir'
import { parseText, parseWhole } from '../../config/parse.ts'
import { storeSettings } from '../../config/settings.ts'
import { defineCommand } from '../define-command.ts'
import { onOneLine, toJsonValue, valueOnOneLine } from '../format.ts'
import { withKv } from '../open-store.ts'
import type { Output } from '../output.ts'

export const addWatch = defineCommand({
  name: 'watch',
  args: [],
  summary: 'print changes as they happen, one a line, until stopped with Ctrl-C',
  settings: {
    key: { flag: '--key <key>', help: 'only this key', parse: parseText },
    prefix: { flag: '--prefix <prefix>', help: 'only keys that begin so', parse: parseText },
    since: {
      flag: '--since <revision>',
      help: 'begin beyond this revision; 0: with all that is kept (default: from now on)',
      parse: parseWhole,
    },
    ...storeSettings,
  },
  switches: {},
  endsOnStop: true,
  examples: ['watch --data ./data', 'watch --prefix user: --since 0 --json --data ./data'],
  run: async ({ settings, given, io, out }) => {
    const { key, prefix, since } = settings
    const query = {
      signal: io.signal,
      ...(key !== undefined && { key }),
      ...(prefix !== undefined && { prefix }),
      ...(since !== undefined && { since }),
    }
    await withKv({ settings, given }, 'refuse', (kv) => printChanges(kv, query, out))
    return 0
  },
})

async function printChanges(
  kv: Kv,
  query: KvWatchOptions & { readonly signal: AbortSignal },
  out: Output,
): Promise<void> {
  const { signal } = query
  const watch = kv.watch(query)
  try {
    await watch.ready
    await out.say('Watching; Ctrl-C ends it.')
    for await (const change of watch) await printChange(change, out)
  } catch (error) {
    // Being stopped is how a watch ends, whatever the engine was doing at that moment.
    if (!signal.aborted) throw error
  }
}

function printChange(change: KvChange, out: Output): Promise<void> {
  const { type, revision } = change
  if (type === 'gap') {
    const { to } = change
    return out.isJson
      ? out.json({ change: type, revision, to })
      : out.line(`${revision}\t${type}\tto ${to}`)
  }
  if (type === 'clear') {
    return out.isJson ? out.json({ change: type, revision }) : out.line(`${revision}\t${type}`)
  }
  const { key } = change
  if (type !== 'put') {
    return out.isJson
      ? out.json({ change: type, revision, key })
      : out.line(`${revision}\t${type}\t${onOneLine(key)}`)
  }
  const { value } = change
  return out.isJson
    ? out.json({ change: type, revision, key, ...toJsonValue(value) })
    : out.line(`${revision}\t${type}\t${onOneLine(key)}\t${valueOnOneLine(value)}`)
}
