/** The functions of the bench as a program without the host: plain Express, and keyv on SQLite. */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Express, Request, Response } from 'express'
import { importPeer } from '../../peers/import-peer.ts'

interface Keyv {
  get(key: string): Promise<unknown>
  set(key: string, value: unknown): Promise<boolean>
}

interface Peers {
  readonly Keyv: new (options: { store: unknown }) => Keyv
  readonly KeyvSqlite: new (options: { uri: string }) => unknown
}

const [directory = '.'] = process.argv.slice(2)

async function main(): Promise<void> {
  const require = createRequire(import.meta.url)
  const express = require('express') as () => Express
  const { Keyv } = await importPeer<Pick<Peers, 'Keyv'>>('keyv')
  const { KeyvSqlite } = await importPeer<Pick<Peers, 'KeyvSqlite'>>('@keyv/sqlite')
  const uri = `sqlite://${join(directory, 'keyv.sqlite')}`
  const keyv = new Keyv({ store: new KeyvSqlite({ uri }) })
  const app = express()
  app.get('/empty', (_req: Request, res: Response) => {
    res.json({})
  })
  app.get('/counter', async (_req: Request, res: Response) => {
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
