import { projectSettings } from '../../config/settings.ts'
import { confirmed, yesSwitch } from '../confirm.ts'
import { defineCommand } from '../define-command.ts'
import { withProject } from '../open-store.ts'

export const addBucketDelete = defineCommand({
  name: 'delete',
  args: ['<name>'],
  summary: 'remove a bucket and all that it holds',
  settings: projectSettings,
  switches: { yes: yesSwitch },
  examples: ['bucket delete sessions --yes --data ./data'],
  run: async ({ args: [name], switches, out, ...request }) => {
    confirmed(switches.yes, `removes bucket "${name}" and all that it holds`)
    const info = await withProject(request, 'refuse', (project) => project.deleteBucket(name))
    if (out.isJson) await out.json(info)
    else await out.say(`Removed bucket "${info.name}" with ${info.keys} keys.`)
    return 0
  },
})
