import { projectSettings } from '../../config/settings.ts'
import { bucketSettings, bucketSwitches, toBucketConfig } from '../bucket-settings.ts'
import { defineCommand } from '../define-command.ts'
import { withProject } from '../open-store.ts'

export const addBucketCreate = defineCommand({
  name: 'create',
  args: ['<name>'],
  summary: 'create a bucket; one that exists with the same settings is left as it is',
  settings: {
    ...bucketSettings,
    ...projectSettings,
  },
  switches: bucketSwitches,
  examples: [
    'bucket create sessions --ttl 30m --data ./data',
    'bucket create documents --history 10 --url http://127.0.0.1:7450',
    'bucket create everything --sources orders,users --data ./data',
    'bucket create orders --republish "shop.orders.>" --data ./data',
  ],
  run: async ({ args: [name], settings, switches, given, out }) => {
    const config = toBucketConfig({ ...settings, ...switches })
    const info = await withProject({ settings, given }, 'create', async (project) => {
      const bucket = await project.createBucket(name, config)
      return bucket.info()
    })
    if (out.isJson) await out.json(info)
    else await out.say(`Bucket "${info.name}" is there.`)
    return 0
  },
})
