// What leaves this process of a secret: into the files of a store, over the network, into errors.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createApp, type Grant } from '@kvasir/server'
import { newSecretsKey, openStore, type SecretStore } from 'kvasir'
import { openRemoteStore } from 'kvasir/client'
import { openMemoryEngine } from 'kvasir/memory'
import { describe, expect, it } from 'vitest'
import { temporaryDirectory } from '../sqlite/directories.ts'

const secretsKey = newSecretsKey()
const account = { apiKeyField: 'sk_live_4711', deep: { passwordField: 'hunter2hunter2' } }
const parts = ['sk_live_4711', 'hunter2hunter2', 'apiKeyField', 'passwordField', secretsKey]

function revealed(text: string): string[] {
  return parts.filter((part) => text.includes(part))
}

/** Uses a secret in every way there is. */
async function useSecret(secrets: SecretStore): Promise<void> {
  await secrets.put('payments/stripe', account)
  await secrets.patch('payments/stripe', { more: { passwordField: 'hunter2hunter2' } })
  await secrets.patch('payments/stripe', (before) => before)
  await secrets.get('payments/stripe', ['apiKeyField'])
  await secrets.delete('payments/stripe', ['more'])
  await secrets.put('gone', account)
  await secrets.delete('gone')
}

async function filesOf(directory: string): Promise<{ names: string[]; text: string }> {
  const names = await readdir(directory)
  const texts = await Promise.all(names.map((name) => readFile(join(directory, name), 'latin1')))
  return { names, text: texts.join('\n') }
}

/** A server over memory with tokens for the project `shop` and for all; it keeps what is said. */
function openServer() {
  const scopes = ['read', 'write'] as const
  const grants: Record<string, Grant> = {
    shop: { id: 'shop', project: 'shop', scopes },
    all: { id: 'all', project: '*', scopes },
  }
  const said: string[] = []
  const log = (fields: object, message: string): void => {
    said.push(JSON.stringify(fields) + message)
  }
  const app = createApp({
    engine: openMemoryEngine(),
    verifyToken: async (token) => grants[token],
    logger: { info: log, error: log },
  })
  const send: typeof fetch = async (input, init) => {
    const request = new Request(input, init)
    said.push(request.url, JSON.stringify([...request.headers]), await request.clone().text())
    const response = await app.fetch(request)
    said.push(JSON.stringify([...response.headers]), await response.clone().text())
    return response
  }
  return { said, send }
}

describe('a secret in a directory', () => {
  it('stands in none of its files, neither in the log nor in the database', async () => {
    const directory = temporaryDirectory()
    const store = await openStore(directory, { secretsKey })
    await useSecret(store.project('shop').storage().secrets)

    const open = await filesOf(directory)
    await store.close()
    const closed = await filesOf(directory)

    expect(open.names).toContain('kvasir.db-wal')
    expect(open.text).toContain('payments/stripe')
    expect(closed.text).toContain('payments/stripe')
    expect(revealed(open.text + closed.text)).toEqual([])
  })

  it('is found again by the next process', async () => {
    const directory = temporaryDirectory()
    const before = await openStore(directory, { secretsKey })
    await before.project('shop').storage().secrets.put('payments', account)
    await before.close()

    await using after = await openStore(directory, { secretsKey })

    expect(await after.project('shop').storage().secrets.get('payments')).toEqual(account)
  })
})

describe('a secret behind a server', () => {
  it('is in no request, no answer and no line of the log', async () => {
    const { said, send } = openServer()
    await using store = openRemoteStore('http://kvasir.test', {
      token: 'shop',
      fetch: send,
      secretsKey,
    })

    await useSecret(store.project().storage().secrets)

    expect(said.join('\n')).toContain('payments/stripe')
    expect(revealed(said.join('\n'))).toEqual([])
  })

  it('is the same to clients that call the project by its name and that do not', async () => {
    const { send } = openServer()
    const options = { fetch: send, secretsKey }
    await using shop = openRemoteStore('http://kvasir.test', { token: 'shop', ...options })
    await using all = openRemoteStore('http://kvasir.test', { token: 'all', ...options })
    await shop.project().storage().secrets.put('payments', account)

    expect(await shop.project('shop').storage().secrets.get('payments')).toEqual(account)
    expect(await all.project('shop').storage().secrets.get('payments')).toEqual(account)
    expect(await all.project().storage().secrets.get('payments')).toEqual({})
  })

  it('needs the name of its project once', async () => {
    const { said, send } = openServer()
    await using store = openRemoteStore('http://kvasir.test', {
      token: 'shop',
      fetch: send,
      secretsKey,
    })
    const { secrets } = store.project().storage()

    await Promise.all([secrets.get('a'), secrets.get('b')])
    await secrets.get('c')

    expect(said.filter((text) => text.endsWith('/v1/project'))).toHaveLength(1)
  })
})

describe('the errors of a secret', () => {
  it('name places in it, but no values', async () => {
    await using store = await openStore('memory:', { secretsKey })
    const { secrets } = store.project().storage()
    const damaging = { ...account, deep: { passwordField: ['hunter2hunter2', Number.NaN] } }

    const error = await secrets.put('payments', damaging).catch((thrown: unknown) => thrown)

    expect(error).toMatchObject({ code: 'KV_INVALID_VALUE' })
    const text = JSON.stringify(error) + String(error) + String((error as Error).cause)
    expect(text).not.toContain('hunter2hunter2')
    expect(text).not.toContain('sk_live_4711')
  })

  it('do not repeat what was given as a key', async () => {
    await using store = await openStore('memory:', { secretsKey })
    const { secrets } = store.project().storage()

    const error = await secrets.put('hunter2hunter2!', account).catch((thrown: unknown) => thrown)

    expect(error).toMatchObject({ code: 'KV_INVALID_KEY' })
    expect(String(error)).not.toContain('hunter2')
  })
})
