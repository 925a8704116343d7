import { type Engine, openEngine } from 'kvasir/engine'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTokenStore, type TokenStore } from '../../src/auth/token-store.ts'

describe('the token store', () => {
  let engine: Engine
  let tokens: TokenStore

  beforeEach(async () => {
    engine = await openEngine('memory:')
    tokens = createTokenStore(engine)
  })

  afterEach(() => engine.close())

  it('makes tokens of 256 random bits behind the prefix kv_', async () => {
    const { token } = await tokens.create({ project: 'shop', scopes: ['read'] })

    expect(token).toMatch(/^kv_[A-Za-z0-9_-]{43}$/)
    expect(Buffer.from(token.slice(3), 'base64url')).toHaveLength(32)
  })

  it('answers a token with its id, project and scopes', async () => {
    const { id, token } = await tokens.create({ project: 'shop', scopes: ['read', 'write'] })

    expect(await tokens.verify(token)).toEqual({ id, project: 'shop', scopes: ['read', 'write'] })
  })

  it('makes tokens for all projects', async () => {
    const { token } = await tokens.create({ project: '*', scopes: ['admin'] })

    expect(await tokens.verify(token)).toMatchObject({ project: '*', scopes: ['admin'] })
  })

  it.each([
    ['an unknown token', `kv_${'A'.repeat(43)}`],
    ['an empty token', ''],
    ['a token that is too long', `kv_${'A'.repeat(44)}`],
    ['a megabyte', 'x'.repeat(1_000_000)],
    ['a hash', 'a'.repeat(64)],
  ])('knows nothing of %s', async (_what, token) => {
    await tokens.create({ project: 'shop', scopes: ['read'] })

    expect(await tokens.verify(token)).toBeUndefined()
  })

  it('does not take a token with one character changed', async () => {
    const { token } = await tokens.create({ project: 'shop', scopes: ['read'] })
    const other = token.slice(0, -1) + (token.endsWith('A') ? 'E' : 'A')

    expect(await tokens.verify(other)).toBeUndefined()
  })

  it('refuses a token once it has been revoked, and no other one', async () => {
    const kept = await tokens.create({ project: 'shop', scopes: ['read'] })
    const revoked = await tokens.create({ project: 'shop', scopes: ['read'] })

    await tokens.revoke(revoked.id)

    expect(await tokens.verify(revoked.token)).toBeUndefined()
    expect(await tokens.verify(kept.token)).toMatchObject({ id: kept.id })
  })

  it('knows a token at once that it has verified, until it is revoked', async () => {
    const { id, token } = await tokens.create({ project: 'shop', scopes: ['read'] })
    const before = tokens.verifyAtOnce(token)

    const grant = await tokens.verify(token)
    const verified = tokens.verifyAtOnce(token)
    // As another process would.
    await createTokenStore(engine).revoke(id)

    expect([before, verified]).toEqual([undefined, grant])
    expect(tokens.verifyAtOnce(token)).toBeUndefined()
    expect(await tokens.verify(token)).toBeUndefined()
  })

  it.each([
    ['unknown', '0123456789abcdef'],
    ['empty', ''],
    ['only the beginning of one', 'a'],
  ])('rejects to revoke an id that is %s', async (_what, id) => {
    await tokens.create({ project: 'shop', scopes: ['read'] })

    await expect(tokens.revoke(id)).rejects.toMatchObject({ code: 'KV_TOKEN_NOT_FOUND' })
    expect(await tokens.list()).toHaveLength(1)
  })

  it('does not repeat a token that was given in place of an id', async () => {
    const { token } = await tokens.create({ project: 'shop', scopes: ['read'] })

    const error: Error = await tokens.revoke(token).catch((thrown) => thrown)

    expect(error.message).not.toContain(token)
  })

  it('lists tokens with their labels and times but without the tokens', async () => {
    const { token, ...record } = await tokens.create({
      project: 'shop',
      scopes: ['read'],
      label: 'web shop',
    })

    const listed = await tokens.list()

    expect(listed).toEqual([record])
    expect(JSON.stringify(listed)).not.toContain(token)
  })

  it('lists more tokens than one page holds', async () => {
    const count = 1001
    for (let made = 0; made < count; made++) {
      await tokens.create({ project: 'shop', scopes: ['read'] })
    }

    expect(await tokens.list()).toHaveLength(count)
  })

  it('keeps the hash and nothing of the token', async () => {
    const { token } = await tokens.create({ project: 'shop', scopes: ['read'] })

    const place = { project: '.kvasir', bucket: 'default' }
    const page = await engine.list(place, { order: 'key', limit: 10 })

    expect(page.entries).toHaveLength(1)
    expect(JSON.stringify(page)).not.toContain(token)
    expect(JSON.stringify(page)).not.toContain(token.slice(3, 20))
  })

  it('keeps a scope that is given twice once', async () => {
    const { scopes } = await tokens.create({ project: 'shop', scopes: ['read', 'read'] })

    expect(scopes).toEqual(['read'])
  })

  it.each([
    ['a project with a dot', { project: '.kvasir', scopes: ['read'] as const }],
    ['an empty project', { project: '', scopes: ['read'] as const }],
    ['no scope', { project: 'shop', scopes: [] }],
    ['an endless label', { project: 'shop', scopes: ['read'] as const, label: 'x'.repeat(201) }],
  ])('refuses a token for %s', async (_what, request) => {
    await expect(tokens.create(request)).rejects.toMatchObject({ code: 'KV_INVALID_ARGUMENT' })
    expect(await tokens.list()).toEqual([])
  })

  it('reports a record that is damaged', async () => {
    const { token, id } = await tokens.create({ project: 'shop', scopes: ['read'] })
    const place = { project: '.kvasir', bucket: 'default' }
    const { entries } = await engine.list(place, { order: 'key', prefix: id, limit: 1 })
    const key = entries[0]?.key ?? ''
    await engine.commit(place, [{ op: 'put', key, value: { kind: 'record', data: '{"id":1}' } }])

    await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'KV_CORRUPT' })
  })
})
