import type { BucketInfo } from 'kvasir'
import { projectSettings } from '../../config/settings.ts'
import { defineCommand } from '../define-command.ts'
import { onOneLine } from '../format.ts'
import { withProject } from '../open-store.ts'

export const addBucketList = defineCommand({
  name: 'list',
  args: [],
  summary: 'list the buckets of the project',
  settings: projectSettings,
  switches: {},
  examples: ['bucket list --data ./data', 'bucket list --url http://127.0.0.1:7450 --json'],
  run: async ({ out, ...request }) => {
    const buckets: BucketInfo[] = []
    await withProject(request, 'refuse', async (project) => {
      for await (const bucket of project.buckets()) buckets.push(bucket)
    })
    if (out.isJson) {
      await out.json(buckets)
      return 0
    }
    const rows = buckets.map(({ name, keys, bytes, revision, config }) => [
      name,
      String(keys),
      String(bytes),
      String(revision),
      onOneLine(config.description),
    ])
    await out.table(['NAME', 'KEYS', 'BYTES', 'REVISION', 'DESCRIPTION'], rows)
    return 0
  },
})
