import { projectSettings } from '../../config/settings.ts'
import { defineCommand } from '../define-command.ts'
import type { Io } from '../io.ts'
import { withProject } from '../open-store.ts'

export const addMcp = defineCommand({
  name: 'mcp',
  args: [],
  summary: 'offer the functions to an agent as tools, over standard input and output (MCP)',
  settings: projectSettings,
  switches: {
    write: { flag: '--write', help: 'let the agent change and remove things, not only read' },
  },
  endsOnStop: true,
  examples: ['mcp --data ./data', 'mcp --write --url http://127.0.0.1:7450 --token-file token'],
  run: async ({ settings, switches, given, io }) => {
    // Loaded here, because no other command needs to wait for the protocol.
    const { createMcpServer } = await import('../../mcp/create-mcp-server.ts')
    const { IoTransport } = await import('../../mcp/io-transport.ts')
    const { readVersion } = await import('../../read-version.ts')
    const version = await readVersion()
    const absence = switches.write ? 'create' : 'refuse'
    await withProject({ settings, given }, absence, async (project) => {
      const server = createMcpServer({
        version,
        allowed: switches.write ? ['read', 'write', 'admin'] : ['read'],
        wayOut: 'The store is offered for reading; "kvasir mcp --write" allows the rest.',
        call: (name, parameters) => project.flows().call<string>(name, parameters),
      })
      const ended = new Promise<void>((resolve) => {
        server.onclose = resolve
        onStop(io, resolve)
      })
      await server.connect(new IoTransport(io))
      await ended
    })
    return 0
  },
})

function onStop({ signal }: Io, stop: () => void): void {
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
}
