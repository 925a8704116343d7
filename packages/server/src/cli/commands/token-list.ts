import { dataSetting } from '../../config/settings.ts'
import { defineCommand } from '../define-command.ts'
import { instant, onOneLine } from '../format.ts'
import { withTokens } from '../with-tokens.ts'

export const addTokenList = defineCommand({
  name: 'list',
  args: [],
  summary: 'list the tokens, oldest first, without showing them',
  settings: { data: dataSetting },
  switches: {},
  examples: ['token list --data ./data', 'token list --data ./data --json'],
  run: async ({ settings: { data: directory }, out }) => {
    const tokens = await withTokens(directory, 'refuse', (tokens) => tokens.list())
    if (out.isJson) {
      await out.json(tokens)
      return 0
    }
    const rows = tokens.map(({ id, project, scopes, createdAt, label = '' }) => [
      id,
      project,
      scopes.join(','),
      instant(createdAt),
      onOneLine(label),
    ])
    await out.table(['ID', 'PROJECT', 'SCOPES', 'CREATED', 'LABEL'], rows)
    return 0
  },
})
