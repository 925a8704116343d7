import type { BucketOperation } from 'kvasir'
import { KvasirError } from 'kvasir'
import type { OpenedEngine } from 'kvasir/conformance'
import { createStore } from 'kvasir/engine'
import { expect } from 'vitest'
import type { Command, Condition } from './commands.ts'
import { Conflict, Model, type Outcome } from './model.ts'
import { toPlain, WrongType } from './model-value.ts'

/** Lives a life on an engine and on the model side by side, comparing after every step. */
export async function runCommands(
  open: () => Promise<OpenedEngine>,
  commands: readonly Command[],
): Promise<void> {
  let opened = await open()
  const { clock } = opened
  const model = new Model(clock.wallMs())
  let lastRevision = 0
  try {
    for (const command of commands) {
      if (command.kind === 'reopen') opened = (await opened.reopen?.()) ?? opened
      await step(command)
      await compareStates()
    }
  } finally {
    await opened.close()
  }

  async function step(command: Command): Promise<void> {
    const bucket = await bucketOf(opened)
    switch (command.kind) {
      case 'commit':
        return commit(command.operations)
      case 'advance':
        model.passTime(command.ms)
        return clock.advance(command.ms)
      case 'setWall':
        model.setWall(model.wall + command.byMs)
        clock.setWall(model.wall)
        return
      case 'list': {
        const { kind: _kind, ...options } = command
        const page = await bucket.keys(options).page({ limit: command.limit })
        const keys = model.rows().flatMap(([key]) => (key.startsWith(options.prefix) ? [key] : []))
        if (options.reverse) keys.reverse()
        expect(page.items).toEqual(keys.slice(0, command.limit))
        expect(page.cursor !== undefined).toBe(keys.length > command.limit)
        return
      }
      case 'getMany': {
        const entries = await bucket.getMany(command.keys)
        const rows = command.keys.map((key) => model.get(key))
        expect(entries.map((entry) => entry?.value)).toStrictEqual(
          rows.map((row) => row && toPlain(row.value)),
        )
        return
      }
      case 'clear':
        await bucket.purge()
        return model.clear()
      case 'reopen':
    }
  }

  async function commit(given: readonly (readonly [BucketOperation, Condition])[]): Promise<void> {
    const operations = given.map(([operation, condition]) => conditioned(operation, condition))
    const expected = outcomeOf(() => model.commit(operations))
    const bucket = await bucketOf(opened)
    const actual = await bucket.commit(operations).catch((error: unknown) => error)

    if (expected instanceof WrongType) {
      expect(KvasirError.is(actual, 'KV_WRONG_TYPE')).toBe(true)
      return
    }
    if (expected instanceof Conflict) {
      expect(actual).toMatchObject({ ok: false, conflict: { index: expected.index } })
      return
    }
    expect(actual).toMatchObject({ ok: true })
    const { results } = actual as { results: readonly (Outcome & { revision: number })[] }
    expect(results.map(briefOf)).toStrictEqual(expected.map(briefOf))
    for (const [index, { changed, revision }] of results.entries()) {
      if (!changed) continue
      expect(revision).toBeGreaterThan(lastRevision)
      lastRevision = revision
      model.setRevision(operations[index]?.key ?? '', revision)
    }
  }

  function conditioned(operation: BucketOperation, condition: Condition): BucketOperation {
    const revision = model.get(operation.key)?.revision ?? 0
    if (condition === 'ifAbsent') return { ...operation, ifAbsent: true }
    if (condition === 'current') return { ...operation, ifRevision: revision }
    if (condition === 'stale') return { ...operation, ifRevision: revision + 1_000_000 }
    return condition === 'zero' ? { ...operation, ifRevision: 0 } : operation
  }

  async function compareStates(): Promise<void> {
    const bucket = await bucketOf(opened)
    const { items } = await bucket.entries().page()
    const rows = model.rows().map(([key, { value, ...row }]) => {
      const { expiresAt, ...times } = row
      const head = { key, value: toPlain(value), ...times }
      return expiresAt === undefined ? head : { ...head, expiresAt }
    })
    expect(items).toStrictEqual(rows)
    const info = await bucket.info()
    expect(info).toMatchObject({ keys: rows.length, bytes: model.bytes() })
    expect(info.revision).toBeGreaterThanOrEqual(lastRevision)
    lastRevision = info.revision
  }
}

function bucketOf({ engine }: OpenedEngine) {
  return createStore(engine).project('model').bucket('default')
}

function outcomeOf(run: () => Outcome[]): Outcome[] | Conflict | WrongType {
  try {
    return run()
  } catch (error) {
    if (error instanceof Conflict || error instanceof WrongType) return error
    throw error
  }
}

/** What both sides tell of an operation, in one shape. */
function briefOf(outcome: Outcome): unknown {
  const { changed, expiresAt, previous, number, numbers, elements, members } = outcome
  const isEntry = typeof previous === 'object' && previous !== null && 'updatedAt' in previous
  return {
    changed,
    expiresAt,
    previous: isEntry ? (previous as { value?: unknown }).value : previous,
    number,
    numbers,
    elements,
    members,
  }
}
