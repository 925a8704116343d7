import { KvasirError } from 'kvasir'
import { oneOf, parseDurationMs, parseText, parseWhole } from '../../config/parse.ts'
import type { Setting } from '../../config/setting.ts'
import { storeSettings } from '../../config/settings.ts'
import { defineCommand } from '../define-command.ts'
import type { Io } from '../io.ts'
import { withKv } from '../open-store.ts'
import {
  readValue,
  sayHowToEnd,
  type ValueSource,
  type ValueType,
  valueTypes,
} from '../read-value.ts'

const typeSetting = {
  flag: '--type <type>',
  default: 'text',
  help: `what the value is: ${valueTypes.join(', ')}`,
  parse: oneOf(valueTypes),
} as const satisfies Setting<ValueType>

export const addSet = defineCommand({
  name: 'set',
  args: ['<key>', '[value]'],
  summary: 'store a value, given as an argument, a file or on standard input',
  settings: {
    type: typeSetting,
    file: { flag: '--file <path>', help: 'read the value from a file', parse: parseText },
    ttl: {
      flag: '--ttl <duration>',
      help: 'how long the value lives, such as 90s, 5m or 7d; without it, for ever',
      parse: parseDurationMs,
    },
    ifRevision: {
      flag: '--if-revision <number>',
      help: 'only if the key is at this revision; 0: only if it does not exist',
      parse: parseWhole,
    },
    ...storeSettings,
  },
  switches: {
    ifAbsent: { flag: '--if-absent', help: 'only if the key does not exist' },
  },
  examples: [
    'set greeting hello --data ./data',
    `set user:1 '{"name":"Alice"}' --type json --ttl 1h --data ./data`,
    'set logo --type bytes --file logo.png --url http://127.0.0.1:7450',
    'set report --data ./data < report.txt',
  ],
  run: async ({ args: [key, value], settings, switches, given, io, out }) => {
    const { type, file, ttl, ifRevision } = settings
    const { ifAbsent } = switches
    const source = chooseSource({ text: value, file, stdin: io.stdin })
    await sayHowToEnd(source, out)
    const entry = {
      key,
      value: await readValue(source, type),
      ...(ttl !== undefined && { ttl }),
      ...(ifAbsent && { ifAbsent }),
      ...(ifRevision !== undefined && { ifRevision }),
    }
    const [revision] = await withKv({ settings, given }, 'create', (kv) => kv.setMany([entry]))
    if (out.isJson) await out.json({ key, revision })
    else await out.line(String(revision))
    return 0
  },
})

function chooseSource({
  text,
  file,
  stdin,
}: {
  text: string | undefined
  file: string | undefined
  stdin: Io['stdin']
}): ValueSource {
  if (text !== undefined && file !== undefined) {
    throw new KvasirError('KV_INVALID_ARGUMENT', 'Give the value or --file, not both.', {
      outcome: 'not-applied',
    })
  }
  if (text !== undefined) return { kind: 'argument', text }
  return file === undefined ? { kind: 'stdin', stdin } : { kind: 'file', path: file }
}
