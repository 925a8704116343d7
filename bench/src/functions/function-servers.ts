/** The servers that the bench asks: the host, embedded and over HTTP, and plain Express. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startKvasirServer } from '../servers/kvasir-server.ts'
import { type BenchServer, startServer } from '../servers/server-process.ts'

export interface FunctionServer {
  readonly name: string
  readonly title: string
  /** Starts it with a directory of its own. */
  start(directory: string): Promise<BenchServer>
}

const program = join(import.meta.dirname, '../../../packages/server/dist/cli/main.js')
const plain = join(import.meta.dirname, 'plain-express.ts')

const functions = {
  'empty.js': 'module.exports = (req, res) => { res.json({}) }\n',
  'counter.js': `module.exports = async (req, res) => {
  let count = (await kv.get('count')) ?? 0
  count++
  await kv.set('count', count)
  res.json({ count })
}
`,
}

export const functionServers: readonly FunctionServer[] = [
  {
    name: 'host',
    title: 'kvasir functions, embedded',
    start: (directory) => startHost(directory, ['--data', join(directory, 'data')]),
  },
  {
    name: 'host-remote',
    title: 'kvasir functions, over HTTP',
    start: async (directory) => {
      const store = await startKvasirServer(join(directory, 'data'), {
        durability: 'durable',
        on: 'tcp',
      })
      const host = await startHost(directory, ['--url', store.address, '--token', 'none'])
      const close = async (): Promise<void> => {
        await host.close()
        await store.close()
      }
      return { address: host.address, close }
    },
  },
  {
    name: 'express',
    title: 'plain Express, keyv + sqlite',
    start: (directory) => startProgram([...['--import', 'tsx'], plain, directory]),
  },
]

function startHost(directory: string, store: readonly string[]): Promise<BenchServer> {
  const root = join(directory, 'functions')
  mkdirSync(root, { recursive: true })
  for (const [name, text] of Object.entries(functions)) writeFileSync(join(root, name), text)
  return startProgram([program, 'functions', root, '--port', '0', ...store])
}

async function startProgram(flags: readonly string[]): Promise<BenchServer> {
  const { ready, close } = await startServer({
    name: flags.slice(0, 2).join(' '),
    command: process.execPath,
    env: process.env,
    flags,
    readyPattern: /listening on (\S+)\n/,
  })
  return { address: ready[1] ?? '', close }
}
