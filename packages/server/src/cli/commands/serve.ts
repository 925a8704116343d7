import { serveSettings } from '../../config/settings.ts'
import { defineCommand } from '../define-command.ts'

export const addServe = defineCommand({
  name: 'serve',
  args: [],
  summary: 'serve a store over HTTP until told to stop',
  settings: serveSettings,
  switches: {},
  examples: [],
  run: async () => 0,
})
