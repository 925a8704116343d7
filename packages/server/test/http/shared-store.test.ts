import { KvasirError } from 'kvasir'
import { openRemoteStore } from 'kvasir/client'
import { describe, expect, it } from 'vitest'
import { openApp, problemOf, type TokenName } from './open-app.ts'

const key = '/v1/buckets/default/keys/rates'

function withToken(name: TokenName, project = '.shared'): Record<string, string> {
  return { authorization: `Bearer ${name}`, 'kvasir-project': project }
}

/** An application, and what its clients have as their shared store. */
function openShared() {
  const opened = openApp()
  const sharedOf = (token: TokenName) => {
    const fetch: typeof globalThis.fetch = async (input, init) =>
      opened.app.fetch(new Request(input, init))
    const store = openRemoteStore('http://kvasir.test', { token, fetch })
    return store.project().storage().sharedKvStore
  }
  return { ...opened, sharedOf }
}

describe('the shared store', () => {
  it('is the same to tokens of two projects that have the scope', async () => {
    const { sharedOf } = openShared()

    await sharedOf('shopShared').put('rates', { eur: 1.08 })

    expect(await sharedOf('otherShared').get('rates')).toEqual({ eur: 1.08 })
    expect(await sharedOf('root').get('rates')).toEqual({ eur: 1.08 })
  })

  it('is closed to a token without the scope, which is told what to do', async () => {
    const { send, request, sharedOf } = openShared()
    await sharedOf('shopShared').put('rates', { eur: 1.08 })

    const write = await send(`PUT ${key}`, { eur: 1 }, withToken('shop'))
    const read = await problemOf(await request(key, { headers: withToken('shop') }))

    expect(write.status).toBe(403)
    expect(read).toMatchObject({ status: 403, code: 'KV_FORBIDDEN' })
    expect(read.detail).toContain('scope "shared"')
    expect(await sharedOf('shop').get('rates').catch(codeOf)).toBe('KV_FORBIDDEN')
    expect(await sharedOf('shopShared').get('rates')).toEqual({ eur: 1.08 })
  })

  it('may be read but not written with read and shared', async () => {
    const { sharedOf } = openShared()
    await sharedOf('shopShared').put('rates', { eur: 1.08 })

    expect(await sharedOf('otherSharedRead').get('rates')).toEqual({ eur: 1.08 })
    expect(await sharedOf('otherSharedRead').put('rates', {}).catch(codeOf)).toBe('KV_FORBIDDEN')
  })

  it('does not open other projects to the scope', async () => {
    const { request } = openShared()

    for (const project of ['other', '.kvasir', '.shared.x', '.SHARED']) {
      const response = await request(key, { headers: withToken('shopShared', project) })
      expect(response.status).toBe(403)
    }
  })

  it('leaves the token its own project', async () => {
    const { send, request } = openShared()
    const own = { authorization: 'Bearer shopShared' }

    await send(`PUT ${key}`, { eur: 1 }, own)

    expect((await request(key, { headers: own })).status).toBe(200)
    expect((await request(key, { headers: withToken('shopShared') })).status).toBe(404)
  })

  it.each(['sessions', 'default.settings', 'default.secrets', 'default.locks'])(
    'has no bucket %s',
    async (bucket) => {
      const { send } = openShared()

      const target = `PUT /v1/buckets/${bucket}/keys/rates`
      const response = await send(target, 1, withToken('root'))

      expect(await problemOf(response)).toMatchObject({ status: 400, code: 'KV_INVALID_ARGUMENT' })
    },
  )

  it('cannot be given buckets', async () => {
    const { send } = openShared()

    const response = await send('PUT /v1/buckets/sessions', {}, withToken('root'))

    expect(response.status).toBe(400)
  })
})

function codeOf(thrown: unknown): string {
  return KvasirError.is(thrown) ? thrown.code : String(thrown)
}
