import { newSecretsKey } from 'kvasir'
import { defineCommand } from '../define-command.ts'

export const addSecretsNewKey = defineCommand({
  name: 'new-key',
  args: [],
  summary: 'make a key for secrets and print it; it is kept nowhere',
  settings: {},
  switches: {},
  examples: ['secrets new-key > secrets.key', 'secrets new-key --json'],
  run: async ({ out }) => {
    const key = newSecretsKey()
    if (out.isJson) await out.json({ key })
    else await out.line(key)
    return 0
  },
})
