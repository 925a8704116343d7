import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { ManualClock } from 'kvasir/conformance'
import { createCheckedEngine, type Engine, openEngine } from 'kvasir/engine'
import { openMemoryEngine } from 'kvasir/memory'
import { describe, expect, it, onTestFinished } from 'vitest'
import { answerAtOnce } from '../../src/socket/answer-message.ts'
import { greeted, serve } from './serve-socket.ts'
import type { SocketReply } from './socket-client.ts'

type Message = [id: number, verb: string, rest: unknown[], value?: string]

const at = { project: 'shop', bucket: 'default' }

/** An engine with values of every kind, and one with the same that has to be waited for. */
async function openBoth(): Promise<[quick: Engine, patient: Engine]> {
  const open = () => openMemoryEngine({ clock: new ManualClock() })
  const [quick, patient] = [open(), open()]
  for (const engine of [quick, patient]) {
    const record = { kind: 'record', data: '{"tags":["é"]}', sets: { '/tags': 'string' } } as const
    await engine.commit(at, [
      { op: 'put', key: 'text', value: { kind: 'text', data: 'Grüße, 😀' } },
      { op: 'put', key: 'record', value: record },
      { op: 'put', key: 'bytes', value: { kind: 'bytes', data: new Uint8Array([0, 127]) } },
      { op: 'put', key: 'json', value: { kind: 'json', data: '41' }, expiry: { ttlMs: 60_000 } },
      { op: 'put', key: 'sets', value: record, expiry: { ttlMs: 60_000 } },
      { op: 'put', key: 'long', value: { kind: 'text', data: 'x'.repeat(100_000) } },
    ])
  }
  // Without it, the server asks by `get`.
  Object.defineProperty(patient, 'getAtOnce', { value: undefined })
  return [quick, patient]
}

/** An empty engine that keeps its data in a directory, for one test. */
async function openInDirectory(): Promise<Engine> {
  const directory = await mkdtemp(join(tmpdir(), 'kvasir-at-once-'))
  const engine = await openEngine(directory, { clock: new ManualClock() })
  onTestFinished(async () => {
    await engine.close()
    await rm(directory, { recursive: true, force: true })
  })
  return engine
}

const keys = ['text', 'record', 'bytes', 'json', 'sets', 'long', 'absent', '', 'k'.repeat(2000)]
const odd = fc.constantFrom(null, 7, true, '', '\u0000', '../x', [], {})
const project = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('default', 'shop') },
  fc.constantFrom('other', 'shared'),
  odd,
)
const bucket = fc.oneof({ weight: 8, arbitrary: fc.constant('default') }, odd, fc.string())
const key = fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...keys) }, odd, fc.string())
const revision = fc.oneof(fc.constantFrom(null, 1, 2, -1, 'newest', 1.5), odd)

const get = fc
  .tuple(project, bucket, key, fc.option(revision, { nil: undefined }))
  .chain(([...members]) => fc.nat({ max: 4 }).map((cut) => members.slice(0, 4 - (cut % 2) * cut)))
  .map((rest): Message => [0, 'get', rest.filter((member) => member !== undefined)])
const write = fc
  .tuple(fc.constantFrom('put', 'increment'), project, key, fc.oneof(fc.integer(), odd))
  .map(([verb, named, target, last]): Message => {
    const head = [named, 'default', `id-${verb}-${String(target)}-${String(last)}`, target]
    return verb === 'put'
      ? [0, verb, [...head, last === 7 ? 'secret' : 'json', null], '41']
      : [0, verb, [...head, last]]
  })
const writes = fc.array(write, { minLength: 1 })
const frame = fc.array(fc.oneof({ weight: 3, arbitrary: get }, write), { minLength: 1 })

describe('an answer that takes no waiting', () => {
  it('says the same as one that was waited for, whatever was asked', async () => {
    const [quick, patient] = await openBoth()
    const clients = await Promise.all(
      [quick, patient].map(async (engine) => greeted((await serve({ engine })).url)),
    )
    let id = 1
    const seen = new Set<number>()

    await fc.assert(
      fc.asyncProperty(frame, async (messages) => {
        const numbered = messages.map(([, ...rest]): Message => [id++, ...rest])
        const answers = clients.map(async (client) => {
          client.send(numbered)
          const replies: SocketReply[] = []
          for (const [asked] of numbered) replies.push(await client.reply(asked))
          return replies
        })
        const [fromQuick = [], fromPatient] = await Promise.all(answers)
        for (const { status } of fromQuick) seen.add(status)
        expect(fromQuick.map(plain)).toEqual(fromPatient?.map(plain))
      }),
    )

    expect([...seen]).toEqual(expect.arrayContaining([200, 204, 400, 403]))
  })

  it('says the same of what was written at once as at the end of the turn', async () => {
    const [quick, patient] = [await openInDirectory(), await openInDirectory()]
    // Without it, each is waited for with a promise of its own.
    Object.defineProperty(patient, 'commitEach', { value: undefined })
    const clients = await Promise.all(
      [quick, patient].map(async (engine) => greeted((await serve({ engine })).url)),
    )
    let id = 1

    await fc.assert(
      fc.asyncProperty(writes, async (messages) => {
        const numbered = messages.map(([, ...rest]): Message => [id++, ...rest])
        const answers = clients.map(async (client) => {
          client.send(numbered)
          const replies: SocketReply[] = []
          for (const [asked] of numbered) replies.push(await client.reply(asked))
          return replies.map(plain)
        })
        const [fromQuick, fromPatient] = await Promise.all(answers)
        expect(fromQuick).toEqual(fromPatient)
      }),
      { numRuns: 30 },
    )
  })

  it('is given of a small value and of none, and left to waiting otherwise', async () => {
    const [quick, patient] = await openBoth()
    const { FrameWriter } = await import('kvasir/protocol')
    const grant = { id: 't', project: 'shop', scopes: ['read'] } as const
    const isAtOnce = (engine: Engine, asked: string): boolean => {
      const message = [1, 'get', 0, 'default', 'default', asked] as const
      const question = { message, value: new Uint8Array(), grant }
      return answerAtOnce(question, createCheckedEngine(engine), new FrameWriter())
    }

    expect(keys.filter((asked) => isAtOnce(quick, asked))).toEqual([...keys.slice(0, 5), 'absent'])
    expect(keys.filter((asked) => isAtOnce(patient, asked))).toEqual([])
  })
})

/** Members that are left out at the end are as good as `null`. */
function plain({ rest, ...reply }: SocketReply) {
  const members = [...rest]
  while (members.length > 0 && (members.at(-1) ?? null) === null) members.pop()
  return { ...reply, rest: members }
}
