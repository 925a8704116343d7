import { describe, expect, it } from 'vitest'
import { serve } from '../socket/serve-socket.ts'
import { SocketClient, type SocketReply } from '../socket/socket-client.ts'

const canary = 'SECRET-4711'

interface Call {
  readonly rest: unknown[]
  readonly value?: string
  readonly scopes: readonly string[]
}

const shift = '{"operations":[{"op":"put","key":"secret","value":1,"previous":true}]}'

/** Each verb as it asks for the project by name, or for whatever the token is for. */
function callsFor(project: string): Readonly<Record<string, Call>> {
  return {
    get: { rest: [project, 'default', 'secret'], scopes: ['read'] },
    read: {
      rest: [project],
      value: '{"reads":[{"key":"secret"},{"key":"secret","ttl":true}]}',
      scopes: ['read'],
    },
    list: { rest: [project, 'default', 'key', 10, true, false], scopes: ['read'] },
    history: { rest: [project, 'default', 'secret'], scopes: ['read'] },
    bucket: { rest: [project, 'default'], scopes: ['read'] },
    buckets: { rest: [project, 10, false], scopes: ['read'] },
    put: {
      rest: [project, 'default', 'id-put', 'secret', 'text', null],
      value: 'new',
      scopes: ['write'],
    },
    batch: {
      rest: [project, 'id-batch'],
      value: '{"operations":[{"op":"delete","key":"secret"}]}',
      scopes: ['write'],
    },
    'batch giving back': { rest: [project, 'id-shift'], value: shift, scopes: ['write', 'read'] },
  }
}

/** The six kinds of token: what each may do in the project `shop`, or that it gets no answer. */
const kinds = {
  none: undefined,
  garbage: undefined,
  revoked: undefined,
  shopRead: ['read'],
  other: [],
  root: ['read', 'write'],
} as const

type Kind = keyof typeof kinds

async function openWorld(hasData: boolean) {
  const world = await serve()
  world.known.delete('shopWrite')
  if (!hasData) return world
  const at = { project: 'shop', bucket: 'default' }
  const value = { kind: 'text', data: canary } as const
  await world.engine.commit(at, [{ op: 'put', key: 'secret', value }])
  return world
}

const helloOf: Partial<Record<Kind, unknown[]>> = {
  none: [],
  garbage: [`kv_${'x'.repeat(43)}`],
  revoked: ['shopWrite'],
}

/** Asks one thing in a store of its own, and answers that, or the refusal of the hello. */
async function ask(
  kind: Kind,
  { verb, call, hasData }: { verb: string; call: Call; hasData: boolean },
): Promise<SocketReply> {
  const { url } = await openWorld(hasData)
  const client = await SocketClient.open(url)
  client.send([[0, 'hello', helloOf[kind] ?? [kind]]])
  client.send([[1, verb, call.rest, call.value]])
  const hello = await client.reply(0)
  const reply = hello.status === 200 ? await client.reply(1) : hello
  client.close()
  return reply
}

function withoutTimes(reply: SocketReply): string {
  return JSON.stringify(reply).replaceAll(/\b1\d{12}\b/g, 'time')
}

describe.each(Object.keys(kinds) as Kind[])(
  'every verb of the socket with the token "%s"',
  (kind) => {
    it.each(Object.entries(callsFor('shop')))(
      'answers %s as its scopes say',
      async (name, call) => {
        const verb = name.split(' ')[0] ?? ''
        const allowed: readonly string[] | undefined = kinds[kind]
        const reply = await ask(kind, { verb, call, hasData: true })
        const empty = await ask(kind, { verb, call, hasData: false })

        const isAllowed = call.scopes.every((scope) => allowed?.includes(scope))
        const refusal = allowed === undefined ? 401 : 403
        expect(reply.status).toBe(isAllowed ? 200 : refusal)
        if (isAllowed) return
        expect(JSON.stringify(reply)).not.toContain(canary)
        expect(withoutTimes(reply)).toBe(withoutTimes(empty))
      },
    )
  },
)

describe('every verb of the socket with the token of another project', () => {
  it.each(Object.entries(callsFor('default')))(
    'reaches only what is its own: %s',
    async (name, call) => {
      const verb = name.split(' ')[0] ?? ''

      const reply = await ask('other', { verb, call, hasData: true })
      const empty = await ask('other', { verb, call, hasData: false })

      expect(JSON.stringify(reply)).not.toContain(canary)
      expect([200, 204]).toContain(reply.status)
      expect(withoutTimes(reply)).toBe(withoutTimes(empty))
    },
  )
})
