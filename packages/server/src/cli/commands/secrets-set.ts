import { parseText } from '../../config/parse.ts'
import { secretsSettings } from '../../config/settings.ts'
import { defineCommand } from '../define-command.ts'
import { readValue, type ValueSource } from '../read-value.ts'
import { fieldSetting } from '../secret-field-setting.ts'
import { withSecrets } from '../with-secrets.ts'

export const addSecretsSet = defineCommand({
  name: 'set',
  args: ['<key>'],
  summary: 'store a secret, given as JSON on standard input or in a file, or one field as text',
  settings: {
    field: fieldSetting,
    file: { flag: '--file <path>', help: 'read it from a file', parse: parseText },
    ...secretsSettings,
  },
  switches: {},
  examples: [
    'secrets set payments/stripe --file stripe.json --data ./data',
    'secrets set database --field password --data ./data < password',
  ],
  run: async ({ args: [key], settings, given, io, out }) => {
    const { field, file } = settings
    const source: ValueSource =
      file === undefined ? { kind: 'stdin', stdin: io.stdin } : { kind: 'file', path: file }
    if (file === undefined && io.stdin.isTTY) await out.say('Type the secret; Ctrl-D ends it.')
    const value = await readValue(source, field === undefined ? 'json' : 'text')
    await withSecrets({ settings, given }, 'create', async (secrets) => {
      if (field === undefined) return secrets.put(key, value as object)
      // What editors, `echo` and people end a line with is no part of a password.
      const text = String(value).replace(/\r?\n$/, '')
      return secrets.patch(key, Object.fromEntries([[field, text]]))
    })
    if (out.isJson) await out.json({ key })
    else await out.say(`Stored secret ${JSON.stringify(key)}.`)
    return 0
  },
})
