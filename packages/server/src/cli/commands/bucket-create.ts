import { oneOf, parseDurationMs, parseNames, parseText, parseWhole } from '../../config/parse.ts'
import type { Setting } from '../../config/setting.ts'
import { projectSettings } from '../../config/settings.ts'
import { defineCommand } from '../define-command.ts'
import { withProject } from '../open-store.ts'

const storages = ['file', 'memory'] as const

const storageSetting = {
  flag: '--storage <where>',
  help: 'file, or memory for values that do not outlive a restart (default: file)',
  parse: oneOf(storages),
} as const satisfies Setting<(typeof storages)[number]>

export const addBucketCreate = defineCommand({
  name: 'create',
  args: ['<name>'],
  summary: 'create a bucket; one that exists with the same settings is left as it is',
  settings: {
    description: { flag: '--description <text>', help: 'what it is for', parse: parseText },
    ttlMs: {
      flag: '--ttl <duration>',
      help: 'every value expires so long after it was written',
      parse: parseDurationMs,
    },
    history: {
      flag: '--history <number>',
      help: 'revisions kept of each key, 1 to 64 (default: 1)',
      parse: parseWhole,
    },
    bytesMax: {
      flag: '--bytes-max <number>',
      help: 'the most bytes that it holds (default: no limit)',
      parse: parseWhole,
    },
    valueBytesMax: {
      flag: '--value-bytes-max <number>',
      help: 'the most bytes of one value',
      parse: parseWhole,
    },
    storage: storageSetting,
    mirror: {
      flag: '--mirror <bucket>',
      help: 'make it a read-only live copy of this bucket',
      parse: parseText,
    },
    sources: {
      flag: '--sources <buckets>',
      help: 'let it receive live what these buckets store: names with commas between',
      parse: parseNames,
    },
    ...projectSettings,
  },
  switches: {
    compression: { flag: '--compression', help: 'compress values on the disk' },
  },
  examples: [
    'bucket create sessions --ttl 30m --data ./data',
    'bucket create documents --history 10 --url http://127.0.0.1:7450',
    'bucket create everything --sources orders,users --data ./data',
  ],
  run: async ({ args: [name], settings, switches, given, out }) => {
    const { description, ttlMs, history, bytesMax, valueBytesMax, storage } = settings
    const { compression } = switches
    const mirror = settings.mirror === undefined ? undefined : { bucket: settings.mirror }
    const sources = settings.sources?.map((bucket) => ({ bucket }))
    const own = { description, ttlMs, history, bytesMax, valueBytesMax, storage, compression }
    const config = Object.fromEntries(
      Object.entries({ ...own, mirror, sources }).filter(([, value]) => value !== undefined),
    )
    const info = await withProject({ settings, given }, 'create', async (project) => {
      const bucket = await project.createBucket(name, config)
      return bucket.info()
    })
    if (out.isJson) await out.json(info)
    else await out.say(`Bucket "${info.name}" is there.`)
    return 0
  },
})
