import type { BucketInfo } from 'kvasir'
import { projectSettings } from '../../config/settings.ts'
import { defineCommand } from '../define-command.ts'
import { instant, onOneLine } from '../format.ts'
import { withProject } from '../open-store.ts'

export const addBucketInfo = defineCommand({
  name: 'info',
  args: ['<name>'],
  summary: 'print what a bucket is set to and what it holds',
  settings: projectSettings,
  switches: {},
  examples: ['bucket info sessions --data ./data'],
  run: async ({ args: [name], out, ...request }) => {
    const info = await withProject(request, 'refuse', async (project) => {
      const bucket = await project.bucket(name)
      return bucket.info()
    })
    if (out.isJson) {
      await out.json(info)
      return 0
    }
    for (const [label, text] of describe(info)) await out.line(`${label.padEnd(17)}${text}`)
    return 0
  },
})

function describe({ name, config, createdAt, revision, keys, bytes }: BucketInfo) {
  const { ttlMs, history, bytesMax, valueBytesMax, description } = config
  const { compression, storage = 'file', mirror, sources = [], republish } = config
  return [
    ['name', name],
    ['description', onOneLine(description)],
    ['keys', String(keys)],
    ['bytes', String(bytes)],
    ['revision', String(revision)],
    ['created', instant(createdAt)],
    ['ttl', ttlMs === undefined ? 'none' : `${ttlMs}ms`],
    ['history', String(history)],
    ['bytes max', bytesMax === undefined ? 'none' : String(bytesMax)],
    ['value bytes max', valueBytesMax === undefined ? 'none' : String(valueBytesMax)],
    ['storage', storage],
    ['compression', compression ? 'on' : 'off'],
    ['mirror of', mirror?.bucket ?? 'none'],
    ['sources', sources.map(({ bucket }) => bucket).join(', ') || 'none'],
    ['republish', republish ? `${republish.source ?? '>'} as ${republish.dest}` : 'none'],
  ] as const
}
