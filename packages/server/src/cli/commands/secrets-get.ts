import { KvasirError } from 'kvasir'
import { secretsSettings } from '../../config/settings.ts'
import { defineCommand } from '../define-command.ts'
import { fieldSetting } from '../secret-field-setting.ts'
import { withSecrets } from '../with-secrets.ts'

export const addSecretsGet = defineCommand({
  name: 'get',
  args: ['<key>'],
  summary: 'print a secret as JSON, or one field of it',
  settings: { field: fieldSetting, ...secretsSettings },
  switches: {},
  examples: [
    'secrets get payments/stripe --data ./data',
    'secrets get database --field password --data ./data --secrets-key-file secrets.key',
  ],
  run: async ({ args: [key], settings, given, out }) => {
    const { field } = settings
    const record = await withSecrets({ settings, given }, 'refuse', async (secrets) => {
      const found: Readonly<Record<string, unknown>> = await secrets.get(key)
      if (Object.keys(found).length === 0 && !(await secrets.exists(key))) throw notFound(key)
      return found
    })
    if (field === undefined) {
      const indent = out.isTerminal && !out.isJson ? 2 : undefined
      await out.line(JSON.stringify(out.isJson ? { key, record } : record, null, indent))
      return 0
    }
    if (!Object.hasOwn(record, field)) throw notFound(key, field)
    const value = record[field]
    if (out.isJson) await out.json({ key, field, value })
    else await out.line(typeof value === 'string' ? value : JSON.stringify(value))
    return 0
  },
})

function notFound(key: string, field?: string): KvasirError {
  const what = field === undefined ? '' : `Field ${JSON.stringify(field)} of `
  return new KvasirError(
    'KV_KEY_NOT_FOUND',
    `${what}${what === '' ? 'Secret' : 'secret'} ${JSON.stringify(key)} does not exist. "kvasir secrets ls" shows the secrets there are.`,
    { details: { key } },
  )
}
