import { projectSettings } from '../../config/settings.ts'
import { confirmed, yesSwitch } from '../confirm.ts'
import { defineCommand } from '../define-command.ts'
import { withProject } from '../open-store.ts'

export const addBucketPurge = defineCommand({
  name: 'purge',
  args: ['<name>'],
  summary: 'remove every key and all history of a bucket, which stays',
  settings: projectSettings,
  switches: { yes: yesSwitch },
  examples: ['bucket purge sessions --yes --data ./data'],
  run: async ({ args: [name], switches, out, ...request }) => {
    confirmed(switches.yes, `removes every key of bucket "${name}"`)
    const info = await withProject(request, 'refuse', async (project) => {
      const bucket = await project.bucket(name)
      return bucket.purge()
    })
    if (out.isJson) await out.json(info)
    else await out.say(`Removed ${info.keys} keys from bucket "${info.name}".`)
    return 0
  },
})
