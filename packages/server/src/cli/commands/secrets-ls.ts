import { secretsSettings } from '../../config/settings.ts'
import { defineCommand } from '../define-command.ts'
import { onOneLine } from '../format.ts'
import { withSecrets } from '../with-secrets.ts'

export const addSecretsLs = defineCommand({
  name: 'ls',
  args: ['[prefix]'],
  summary: 'list the keys of the secrets, and nothing of what they hold; needs no key for secrets',
  settings: secretsSettings,
  switches: {},
  examples: ['secrets ls --data ./data', 'secrets ls payments/ --url http://127.0.0.1:7450 --json'],
  run: async ({ args: [prefix], out, ...request }) => {
    const query = prefix === undefined ? {} : { prefix }
    await withSecrets(request, 'refuse', async (secrets) => {
      for await (const key of secrets.keys(query)) {
        if (out.isJson) await out.json({ key })
        else await out.line(onOneLine(key))
      }
    })
    return 0
  },
})
