import { once } from 'node:events'
import fs, { readFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SqliteEngineOptions } from '../../src/engines/sqlite/sqlite-engine.ts'
import { startChild } from './child-process.ts'
import { at, open, put, temporaryDirectory, textOf } from './directories.ts'

// The syncs are the disk's own; a test decides when Node is told that they are over.

type Callback = (error: NodeJS.ErrnoException | null) => void

const { fdatasync } = fs
let underWay: Callback[] = []
let onBegun: (() => void) | undefined

beforeEach(() => {
  underWay = []
  onBegun = undefined
  fs.fdatasync = ((_file: number, callback: Callback) => {
    underWay.push(callback)
    onBegun?.()
  }) as typeof fs.fdatasync
  syncBuiltinESMExports()
})

afterEach(() => {
  fs.fdatasync = fdatasync
  syncBuiltinESMExports()
})

async function syncBegun(): Promise<void> {
  if (underWay.length === 0) {
    await new Promise<void>((resolve) => {
      onBegun = resolve
    })
  }
}

function endSync(error: NodeJS.ErrnoException | null = null): void {
  underWay.shift()?.(error)
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

async function turns(): Promise<void> {
  for (let count = 0; count < 20; count++) await turn()
}

/** Whether it settles while the event loop turns a few times. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false
  const note = (): void => {
    settled = true
  }
  promise.then(note, note)
  await turns()
  return settled
}

async function openWithSeen(directory = temporaryDirectory(), options?: SqliteEngineOptions) {
  const engine = await open(directory, { backgroundSyncs: true, ...options })
  // The bucket begins with it, so that it is synced at once.
  await engine.commit(at, [put('seen', 'before'), put('other', 'x')])
  return engine
}

/** An engine with a commit of `key` whose sync is under way. */
async function openCommitting(key = 'seen') {
  const engine = await openWithSeen()
  const commit = engine.commit(at, [put(key, 'after')])
  await syncBegun()
  return { engine, commit }
}

/** Ends every sync that is under way or begins, until it is settled. */
async function ended<Result>(promise: Promise<Result>): Promise<Result> {
  onBegun = () => setImmediate(endSync)
  endSync()
  try {
    return await promise
  } finally {
    onBegun = undefined
  }
}

afterEach(() => {
  // The engine is closed afterwards, which waits for them.
  onBegun = () => setImmediate(endSync)
  while (underWay.length > 0) endSync()
})

describe('a durable commit whose sync is under way', () => {
  it('is acknowledged when that is over', async () => {
    const { commit } = await openCommitting()

    expect(await isSettled(commit)).toBe(false)
    endSync()

    expect(await commit).toMatchObject({ ok: true })
  })

  it('keeps those waiting who read what it has changed, and nobody else', async () => {
    const { engine, commit } = await openCommitting()

    expect(textOf(await engine.get(at, 'other'))).toBe('x')
    expect(await engine.get(at, 'nothing')).toBeUndefined()
    expect(engine.getAtOnce?.(at, 'other')).toMatchObject({ key: 'other' })
    expect(engine.getAtOnce?.(at, 'seen')).toBeUndefined()
    const reads = [
      engine.get(at, 'seen'),
      engine.read(at, [{ key: 'seen' }]),
      engine.read(at, [{ key: 'other' }, { key: 'seen' }]),
      engine.list(at, { order: 'key', limit: 10 }),
      engine.history(at, 'seen'),
      engine.getBucket(at),
    ]
    expect(await Promise.all(reads.map(isSettled))).toEqual(reads.map(() => false))
    endSync()

    await commit
    const [read, ...others] = await Promise.all(reads)
    expect(read).toMatchObject({ value: { data: 'after' } })
    expect(others).toMatchObject(others.map(() => ({})))
  })

  it('is told to watchers when that is over', async () => {
    const { engine, commit } = await openCommitting('one')
    const watch = engine.watch(at, { since: 0 })
    const events = watch[Symbol.asyncIterator]()
    const first = events.next()

    expect(await isSettled(first)).toBe(false)
    endSync()

    await commit
    expect(await first).toMatchObject({ value: { kind: 'put', entry: { revision: 1 } } })
    await watch.close()
  })

  it('shares the next sync with what is committed meanwhile', async () => {
    const { engine, commit } = await openCommitting()
    const later = ['a', 'b', 'c'].map((key) => engine.commit(at, [put(key, 'x')]))
    expect(await isSettled(Promise.race(later))).toBe(false)
    expect(underWay).toHaveLength(1)

    endSync()
    await commit
    await syncBegun()
    expect(await isSettled(Promise.race(later))).toBe(false)
    endSync()

    expect(await Promise.all(later)).toHaveLength(3)
    expect(underWay).toHaveLength(0)
  })

  it('keeps a refusal waiting that may rest on it', async () => {
    const { engine, commit } = await openCommitting()
    const refused = engine.commit(at, [{ ...put('seen', 'no'), ifAbsent: true }])
    const failed = engine.commit(at, [{ op: 'increment', key: 'seen', by: 1 }])

    expect(await isSettled(refused)).toBe(false)
    expect(await isSettled(failed)).toBe(false)
    endSync()

    await commit
    expect(await refused).toMatchObject({ ok: false })
    await expect(failed).rejects.toMatchObject({ code: 'KV_WRONG_TYPE' })
    expect(underWay).toHaveLength(0)
  })

  it('does not keep relaxed commits waiting, and watchers learn of them in order', async () => {
    const { engine, commit } = await openCommitting('one')
    const watch = engine.watch(at, { since: 2 })
    const events = watch[Symbol.asyncIterator]()

    await engine.commit(at, [put('two', 'x')], { durability: 'relaxed' })
    endSync()
    await commit

    expect(await events.next()).toMatchObject({ value: { entry: { key: 'one' } } })
    expect(await events.next()).toMatchObject({ value: { entry: { key: 'two' } } })
    await watch.close()
  })

  it('is not copied to the database before that, in case the sync has failed', async () => {
    const directory = temporaryDirectory()
    const engine = await openWithSeen(directory, { checkpointPages: 1 })
    const database = (): Buffer => readFileSync(join(directory, 'kvasir.db'))
    await turns()
    const before = database()

    const commit = engine.commit(at, [put('seen', 'after')])
    expect(await isSettled(commit)).toBe(false)
    expect(database().equals(before)).toBe(true)
    endSync()

    await commit
    await turns()
    expect(database().equals(before)).toBe(false)
  })

  it('is not followed by one that syncs at once, since somebody has come, before that', async () => {
    const directory = temporaryDirectory()
    const engine = await openWithSeen(directory)
    const commit = engine.commit(at, [put('seen', 'after')])
    await syncBegun()
    const child = startChild(['stay', directory])
    await once(child, 'message')

    const next = engine.commit(at, [put('other', 'y')])
    expect(await isSettled(next)).toBe(false)
    endSync()

    expect(await Promise.all([commit, next])).toMatchObject([{ ok: true }, { ok: true }])
    expect(underWay).toHaveLength(0)
    child.kill('SIGKILL')
    await once(child, 'close')
  })

  it('is waited for when the store is closed', async () => {
    const { engine, commit } = await openCommitting()
    const closing = engine.close()

    expect(await isSettled(closing)).toBe(false)
    endSync()

    expect(await commit).toMatchObject({ ok: true })
    await closing
  })
})

describe('what is changed about a bucket as a whole', () => {
  it('is synced before anybody can see it', async () => {
    const { engine, commit } = await openCommitting()

    // A sync that is waited for would not tell that the one under way has failed.
    const purging = engine.purgeBucket(at)
    expect(await isSettled(purging)).toBe(false)
    endSync()

    expect(await commit).toMatchObject({ ok: true })
    expect(await purging).toMatchObject({ revision: 3 })
    expect(underWay).toHaveLength(0)
    expect((await engine.list(at, { order: 'key', limit: 10 })).entries).toEqual([])
  })
})

describe('a sync in the background that fails', () => {
  const failure = Object.assign(new Error('EIO: planted'), { code: 'EIO', syscall: 'fdatasync' })

  it('stops all writing; what it was to cover is written again, and lasts', async () => {
    const { engine, commit } = await openCommitting()
    const read = engine.get(at, 'seen')
    endSync(failure)

    expect(await commit).toMatchObject({ ok: true })
    expect(textOf(await read)).toBe('after')
    await expect(engine.commit(at, [put('a', 'x')])).rejects.toMatchObject({
      code: 'KV_STORAGE_FAILED',
      outcome: 'not-applied',
    })
    expect(await engine.health()).toMatchObject({ writable: false, resumes: false })
  })
})

describe('a store that another process has open', () => {
  it('is synced before anybody can see what was written', async () => {
    const directory = temporaryDirectory()
    const engine = await open(directory, { backgroundSyncs: true })
    const child = startChild(['stay', directory])
    await once(child, 'message')

    expect(await engine.commit(at, [put('a', 'x')])).toMatchObject({ ok: true })

    expect(underWay).toHaveLength(0)
    child.kill('SIGKILL')
    await once(child, 'close')
  })
})

describe('the reaper', () => {
  it('has its commits synced in the background on any disk, and others write after that', async () => {
    const engine = await open(temporaryDirectory())
    await engine.commit(at, [put('brief', 'x', 1)])
    await syncBegun()

    const commit = engine.commit(at, [put('a', 'x')])

    expect(await isSettled(commit)).toBe(false)
    expect(await ended(commit)).toMatchObject({ ok: true })
    expect(await engine.getBucket(at)).toMatchObject({ keys: 1 })
  })
})
