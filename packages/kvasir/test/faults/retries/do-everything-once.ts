import type { Engine } from '../../../src/engine/engine.ts'

const at = { project: 'shop', bucket: 'default' }

/** What clients meant to do, and what the store holds of it afterwards. */
export interface Outcome {
  readonly increments: number
  readonly counted: number
  readonly appends: number
  readonly listed: number
  readonly listedOnce: number
  readonly creates: number
  /** Keys of which exactly one of the two rivals was told that it created them, and rightly. */
  readonly createdByOne: number
}

export interface Work {
  /** Ways to the store that lose answers, each by itself. */
  readonly clients: readonly [Engine, ...Engine[]]
  /** A way that does not. */
  readonly direct: () => Promise<Engine>
  readonly increments: number
  /** Called before each of the lanes' calls, with how many there were. */
  onCall(number: number): void
}

const lanesOfClient = 12

/** Increments, appends and conditional creates, by clients that insist on their answers. */
export async function doEverythingOnce(work: Work): Promise<Outcome> {
  const { clients, increments } = work
  const appends = Math.ceil(increments / 10)
  const creates = Math.ceil(increments / 20)
  const tasks: ((client: Engine) => Promise<void>)[] = []
  const reported = new Map<string, string[]>()
  for (let number = 0; number < increments; number++) {
    tasks.push(increment)
    if (number % 10 === 0) tasks.push((client) => append(client, `e${number}`))
    if (number % 20 === 0) {
      for (const rival of ['left', 'right']) {
        tasks.push((client) => create(client, { key: `key:${number}`, rival, reported }))
      }
    }
  }
  let next = 0
  const lane = async (client: Engine): Promise<void> => {
    for (let task = tasks[next++]; task; task = tasks[next++]) {
      work.onCall(next)
      await task(client)
    }
  }
  const lanes = clients.flatMap((client) => Array.from({ length: lanesOfClient }, () => client))
  await Promise.all(lanes.map(lane))
  const direct = await work.direct()
  const outcome = { increments, appends, creates, ...(await found(direct, reported)) }
  await direct.close()
  return outcome
}

async function increment(client: Engine): Promise<void> {
  const committed = await client.commit(at, [{ op: 'increment', key: 'visits', by: 1 }])
  if (!committed.ok) throw new Error('An increment has no condition that could fail.')
}

async function append(client: Engine, element: string): Promise<void> {
  const value = { kind: 'json', data: JSON.stringify(element) } as const
  await client.commit(at, [{ op: 'append', key: 'log', fields: [['lines', [value]]] }])
}

async function create(
  client: Engine,
  { key, rival, reported }: { key: string; rival: string; reported: Map<string, string[]> },
): Promise<void> {
  const value = { kind: 'text', data: rival } as const
  const committed = await client.commit(at, [{ op: 'put', key, value, ifAbsent: true }])
  if (committed.ok) reported.set(key, [...(reported.get(key) ?? []), rival])
}

async function found(direct: Engine, reported: ReadonlyMap<string, readonly string[]>) {
  const [visits, log] = await direct.read(at, [{ key: 'visits' }, { key: 'log' }])
  const { lines = [] } = JSON.parse(String(log?.entry?.value.data)) as { lines?: string[] }
  let createdByOne = 0
  for (const [key, rivals] of reported) {
    const entry = await direct.get(at, key)
    if (rivals.length === 1 && entry?.value.data === rivals[0]) createdByOne++
  }
  return {
    counted: Number(visits?.entry?.value.data),
    listed: lines.length,
    listedOnce: new Set(lines).size,
    createdByOne,
  }
}
