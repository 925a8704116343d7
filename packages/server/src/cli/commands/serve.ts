import { KvasirError } from 'kvasir'
import { isLoopback } from '../../auth/open-access.ts'
import { serveSettings } from '../../config/settings.ts'
import { defineCommand } from '../define-command.ts'
import { openWorkerLine } from '../worker-line.ts'

export const addServe = defineCommand({
  name: 'serve',
  args: [],
  summary: 'serve a store over HTTP until told to stop',
  settings: serveSettings,
  switches: {
    auth: {
      flag: '--no-auth',
      help: 'ask for no token; only on an address of this machine itself',
    },
  },
  endsOnStop: true,
  examples: [
    'serve --data ./data',
    'serve --data ./data --host 0.0.0.0 --port 8080',
    'serve --data ./data --workers 4',
    'serve --data ./data --unix-socket /run/kvasir.sock',
    'serve --data memory: --port 0 --no-auth',
  ],
  run: async ({ settings, switches, io, out }) => {
    if (!switches.auth && settings.host !== undefined) checkLoopback(settings.host)
    // Loaded here, because no other command needs to wait for an HTTP server.
    const request = { settings, asksForToken: switches.auth, io, out }
    const line = openWorkerLine(io.env)
    if (settings.workers > 1 && !line) {
      const { serveWorkers } = await import('../serve-workers.ts')
      return serveWorkers(request)
    }
    const { serveStore } = await import('../serve-store.ts')
    await serveStore(request, line)
    return 0
  },
})

function checkLoopback(host: string): void {
  if (isLoopback(host)) return
  throw new KvasirError(
    'KV_INVALID_ARGUMENT',
    `--no-auth would let everybody who reaches ${JSON.stringify(host)} read and write all of it. Listen on 127.0.0.1, or leave --no-auth out and make a token.`,
  )
}
