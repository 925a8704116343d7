// A process of its own that uses a store, for the tests of several processes and of killed ones.
// `process.argv`: the name of a task, the data directory, and the task's own arguments.
import type { Engine } from '../../src/engine/engine.ts'
import { backupStore } from '../../src/engines/sqlite/maintenance/backup-store.ts'
import { restoreStore } from '../../src/engines/sqlite/maintenance/restore-store.ts'
import { openSqliteEngine } from '../../src/engines/sqlite/sqlite-engine.ts'
import type { KvasirError } from '../../src/errors/kvasir-error.ts'

const at = { project: 'shop', bucket: 'default' }

const tasks: Record<string, (engine: Engine, argument: string) => Promise<void>> = {
  /** Writes pairs for ever, several at once, and tells of each that was acknowledged. */
  async 'write-pairs'(engine) {
    let next = (await engine.getBucket(at)).revision / 2
    const write = async (): Promise<never> => {
      for (;;) {
        const number = next++
        const value = { kind: 'text', data: 'x'.repeat(number % 3000) } as const
        await engine.commit(at, [
          { op: 'put', key: `left:${number}`, value },
          { op: 'put', key: `right:${number}`, value },
        ])
        tell(number)
      }
    }
    await Promise.all(Array.from({ length: 8 }, write))
  },

  /** Adds one to a counter, so many times. */
  async increment(engine, times) {
    for (let left = Number(times); left > 0; left--) {
      await engine.commit(at, [{ op: 'increment', key: 'counter', by: 1 }])
    }
  },

  /** The same, and tells each number when it is acknowledged. */
  async 'increment-telling'(engine, times) {
    for (let left = Number(times); left > 0; left--) {
      const done = await engine.commit(at, [{ op: 'increment', key: 'counter', by: 1 }])
      tell(done.ok ? done.results[0]?.number : undefined)
    }
  },

  async put(engine, text) {
    await engine.commit(at, [{ op: 'put', key: 'a', value: { kind: 'text', data: text } }])
  },

  async 'put-briefly'(engine, ttlMs) {
    const expiry = { ttlMs: Number(ttlMs) }
    const value = { kind: 'text', data: 'brief' } as const
    await engine.commit(at, [{ op: 'put', key: 'a', value, expiry }])
  },

  async 'put-many-briefly'(engine, ttlMs) {
    const expiry = { ttlMs: Number(ttlMs) }
    const value = { kind: 'text', data: 'brief' } as const
    for (let index = 0; index < 50; index++) {
      await engine.commit(at, [{ op: 'put', key: `brief:${index}`, value, expiry }])
    }
  },

  /** Leaves a rejection to nobody. */
  async 'leave-rejection'() {
    void Promise.reject(new Error('planted'))
    await new Promise(() => setInterval(() => undefined, 60_000))
  },

  /** Says that it has the directory open, and keeps it open for ever. */
  async stay() {
    tell('here')
    await new Promise(() => setInterval(() => undefined, 60_000))
  },

  async 'put-in-bucket'(engine, bucket) {
    const value = { kind: 'text', data: 'theirs' } as const
    await engine.commit({ project: 'shop', bucket }, [{ op: 'put', key: 'theirs', value }])
    tell('written')
    await new Promise(() => setInterval(() => undefined, 60_000))
  },

  async 'put-and-end'(engine, bucket) {
    const value = { kind: 'text', data: 'theirs' } as const
    await engine.commit({ project: 'shop', bucket }, [{ op: 'put', key: 'theirs', value }])
  },

  /** Creates a bucket that publishes, and stores something in it. */
  async publish(engine, bucket) {
    const own = { project: 'shop', bucket }
    const republish = { dest: 'changes.>' }
    await engine.createBucket(own, { description: '', history: 1, metadata: {}, republish })
    for (const key of ['first', 'second']) {
      await engine.commit(own, [{ op: 'put', key, value: { kind: 'text', data: key } }])
    }
  },

  async 'replace-bucket'(engine) {
    const orders = { project: 'shop', bucket: 'orders' }
    await engine.deleteBucket(orders)
    await engine.createBucket(orders, { description: 'another', history: 1, metadata: {} })
  },

  /** Fills the disk until a write fails, frees what there is, and tells how it went. */
  async fill(engine, pathToFree) {
    const { rm } = await import('node:fs/promises')
    const put = (key: string) =>
      engine.commit(at, [
        { op: 'put', key, value: { kind: 'bytes', data: new Uint8Array(50_000) } },
      ])
    await put('first')
    let failure: KvasirError | undefined
    for (let number = 0; number < 1000 && !failure; number++) {
      failure = await put(`more:${number}`).then(() => undefined, asKvasirError)
    }
    const again = await put('again').then(() => undefined, asKvasirError)
    const first = await engine.get(at, 'first')
    if (pathToFree) await rm(pathToFree)
    const afterwards = await put('afterwards').then(() => undefined, asKvasirError)
    tell({
      failure: factsOf(failure),
      again: factsOf(again),
      isFirstReadable: first !== undefined,
      afterwards: factsOf(afterwards),
    })
  },

  /** Keeps nothing of the disk free, fills it up, and makes room again from outside. */
  async 'fill-to-the-last'(engine) {
    const { rmSync } = await import('node:fs')
    const ballast = `${directory}/ballast`
    const value = { kind: 'bytes', data: new Uint8Array(20_000) } as const
    const acknowledged: string[] = []
    const put = async (key: string): Promise<KvasirError | undefined> => {
      const failure = await engine
        .commit(at, [{ op: 'put', key, value }])
        .then(() => undefined, asKvasirError)
      if (!failure) acknowledged.push(key)
      return failure
    }
    const missing = async (): Promise<string[]> => {
      const entries = await Promise.all(acknowledged.map((key) => engine.get(at, key)))
      return acknowledged.filter((_key, index) => !entries[index])
    }
    for (let number = 0; number < 60; number++) await put(`first:${number}`)
    await fillWith(ballast)
    const failure = await put('more:1')
    const again = await put('more:2')
    const deletion = await remove(engine, 'first:0')
    const { message: _, ...health } = { message: '', ...(await engine.health()) }
    const facts = { failure, again, deletion }
    const found = { ...Object.fromEntries(Object.entries(facts).map(toFacts)), health }
    const before = { missing: await missing(), isFirstReadable: acknowledged.length >= 60 }
    rmSync(ballast)
    const afterwards = await put('afterwards')
    tell({
      ...found,
      ...before,
      afterwards: factsOf(afterwards),
      healthAfterwards: await engine.health(),
      missingAfterwards: await missing(),
    })
  },

  /** Fills the disk up once the database need not grow, and deletes with not a byte left. */
  async 'delete-when-full'(engine) {
    const value = { kind: 'bytes', data: new Uint8Array(20_000) } as const
    for (let number = 0; number < 120; number++) {
      await engine.commit(at, [{ op: 'put', key: `k:${number % 60}`, value }])
      await new Promise(setImmediate) // Whatever checkpoint is due comes now.
    }
    await fillWith(`${directory}/ballast`)
    const refusals: unknown[] = []
    for (let number = 0; number < 60; number++) {
      const refusal = await remove(engine, `k:${number}`)
      if (!refusal) continue
      const again = await remove(engine, `k:${number}`)
      refusals.push({ first: factsOf(refusal), again: factsOf(again) })
    }
    tell({ refusals, keys: (await engine.getBucket(at)).keys, health: await engine.health() })
  },
}

const [, , name = '', directory = '', argument = ''] = process.argv
process.on('unhandledRejection', (reason) => {
  console.error('unhandled', reason)
  process.exit(86)
})
const durability = process.env.KVASIR_TEST_DURABILITY === 'relaxed' ? 'relaxed' : 'durable'
const isFilledUp = name === 'fill-to-the-last' || name === 'delete-when-full'
const diskReserveBytes = isFilledUp ? 0 : 16_384
const checkpointPages = name === 'delete-when-full' ? 50 : undefined
const maintenance: Readonly<Record<string, typeof backupStore | typeof restoreStore>> = {
  'backup-to': backupStore,
  'restore-to': restoreStore,
}
const maintain = maintenance[name]
if (maintain) {
  tell('begins')
  await maintain(directory, argument, { onProgress: tell })
  process.exit(0)
}
const engine = await openSqliteEngine(directory, { durability, diskReserveBytes, checkpointPages })
await tasks[name]?.(engine, argument)
await engine.close()

function remove(engine: Engine, key: string): Promise<KvasirError | undefined> {
  return engine.commit(at, [{ op: 'delete', key }]).then(() => undefined, asKvasirError)
}

async function fillWith(ballast: string): Promise<void> {
  const { writeFileSync } = await import('node:fs')
  try {
    for (let part = 0; part < 1000; part++) {
      writeFileSync(ballast, new Uint8Array(4096), { flag: 'a' })
    }
  } catch {
    // Now there is nothing left.
  }
}

function toFacts([name, error]: [string, KvasirError | undefined]): [string, unknown] {
  return [name, factsOf(error)]
}

function tell(message: unknown): void {
  process.send?.(message)
}

function asKvasirError(error: unknown): KvasirError {
  return error as KvasirError
}

function factsOf(error: KvasirError | undefined): unknown {
  return error && { code: error.code, outcome: error.outcome }
}
