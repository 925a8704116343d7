/** The functions of the bench as a program without the host: plain Express, and keyv on SQLite. */
import type { Server } from 'node:http'
import { join } from 'node:path'
import { importPeer } from '../../peers/import-peer.ts'

interface Keyv {
  get(key: string): Promise<unknown>
  set(key: string, value: unknown): Promise<boolean>
}

interface Answer {
  json(value: unknown): void
}

interface Express {
  get(path: string, handler: (req: unknown, res: Answer) => unknown): void
  listen(port: number, host: string, listening: () => void): Server
}

interface Peers {
  readonly Keyv: new (options: { store: unknown }) => Keyv
  readonly KeyvSqlite: new (options: { uri: string }) => unknown
}

const [directory = '.'] = process.argv.slice(2)

async function main(): Promise<void> {
  // The one that the server has, as there is one for all packages.
  const { default: express } = await importPeer<{ readonly default: () => Express }>('express')
  const { Keyv } = await importPeer<Pick<Peers, 'Keyv'>>('keyv')
  const { KeyvSqlite } = await importPeer<Pick<Peers, 'KeyvSqlite'>>('@keyv/sqlite')
  const uri = `sqlite://${join(directory, 'keyv.sqlite')}`
  const keyv = new Keyv({ store: new KeyvSqlite({ uri }) })
  const app = express()
  app.get('/empty', (_req, res) => {
    res.json({})
  })
  app.get('/counter', async (_req, res) => {
    const count = (((await keyv.get('count')) as number | undefined) ?? 0) + 1
    await keyv.set('count', count)
    res.json({ count })
  })
  const server = app.listen(0, '127.0.0.1', () => {
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    process.stdout.write(`listening on http://127.0.0.1:${port}\n`)
  })
}

void main() // What it throws ends the process, which the bench notices.
