import { type Scope, scopes } from '../../auth/grant.ts'
import { parseText, someOf } from '../../config/parse.ts'
import type { Setting } from '../../config/setting.ts'
import { dataSetting } from '../../config/settings.ts'
import { defineCommand } from '../define-command.ts'
import { withTokens } from '../with-tokens.ts'

const scopesSetting = {
  flag: '--scopes <scopes>',
  default: ['read', 'write'],
  help: `what it allows, with commas: ${scopes.join(', ')}`,
  parse: someOf(scopes),
} as const satisfies Setting<readonly Scope[]>

export const addTokenCreate = defineCommand({
  name: 'create',
  args: [],
  summary: 'make a token and print it; it is never shown again',
  settings: {
    data: dataSetting,
    project: {
      flag: '--project <name>',
      env: 'KVASIR_PROJECT',
      default: 'default',
      help: 'the project that the token is for, or "*" for all',
      parse: parseText,
    },
    scopes: scopesSetting,
    label: { flag: '--label <text>', help: 'what it is for, in your words', parse: parseText },
  },
  switches: {},
  examples: [
    'token create --data ./data --project shop --scopes read,write --label "web shop"',
    'token create --data ./data --project "*" --scopes read,write,admin > token',
  ],
  run: async ({ settings: { data: directory, project, scopes, label }, out }) => {
    const request = { project, scopes, ...(label !== undefined && { label }) }
    const created = await withTokens(directory, 'create', (tokens) => tokens.create(request))
    if (out.isJson) await out.json(created)
    else await out.line(created.token)
    return 0
  },
})
