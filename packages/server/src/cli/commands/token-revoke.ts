import { dataSetting } from '../../config/settings.ts'
import { defineCommand } from '../define-command.ts'
import { withTokens } from '../with-tokens.ts'

export const addTokenRevoke = defineCommand({
  name: 'revoke',
  args: ['<id>'],
  summary: 'revoke a token by its id; running servers refuse it at once',
  settings: { data: dataSetting },
  switches: {},
  examples: ['token revoke 3f9a1c0b7d52e846 --data ./data'],
  run: async ({ args: [id], settings: { data: directory }, out }) => {
    const revoked = await withTokens(directory, 'refuse', (tokens) => tokens.revoke(id))
    if (out.isJson) await out.json(revoked)
    else await out.say(`Revoked token ${revoked.id} of project ${revoked.project}.`)
    return 0
  },
})
