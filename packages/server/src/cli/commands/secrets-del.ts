import { secretsSettings } from '../../config/settings.ts'
import { defineCommand } from '../define-command.ts'
import { fieldSetting } from '../secret-field-setting.ts'
import { withSecrets } from '../with-secrets.ts'

export const addSecretsDel = defineCommand({
  name: 'del',
  args: ['<key>'],
  summary: 'delete a secret, or one field of it; it may be absent',
  settings: { field: fieldSetting, ...secretsSettings },
  switches: {},
  examples: [
    'secrets del payments/stripe --data ./data',
    'secrets del database --field password --data ./data',
  ],
  run: async ({ args: [key], settings, given, out }) => {
    const { field } = settings
    const fields = field === undefined ? undefined : [field]
    await withSecrets({ settings, given }, 'refuse', (secrets) => secrets.delete(key, fields))
    if (out.isJson) await out.json({ key })
    return 0
  },
})
