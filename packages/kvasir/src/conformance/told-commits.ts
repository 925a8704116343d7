import type { Engine, ToldCommit, ToldCommitOptions } from '../engine/engine.ts'
import type { CommitResult } from '../engine/operation.ts'
import { KvasirError } from '../errors/kvasir-error.ts'
import type { Suite } from './suite.ts'

type Given = Pick<ToldCommit, 'at' | 'operations' | 'idempotencyKey'>
type Outcome = CommitResult | { readonly code: string | undefined }

const value = { kind: 'json', data: '1' } as const

export function toldCommitTests({ describe, it, expect }: Suite): void {
  describe('commits whose outcome is told by a call', () => {
    it('do what commits do, each by itself and in their order', async ({ engine, at, bucket }) => {
      for (const atOnce of [true, false]) {
        await bucket.put('text', 'no number')
        const before = (await engine.getBucket(at)).revision

        const outcomes = await tellAll(engine, { atOnce }, [
          { at, operations: [{ op: 'put', key: `a${atOnce}`, value, ifAbsent: true }] },
          { at, operations: [{ op: 'increment', key: `a${atOnce}`, by: 2 }] },
          { at, operations: [{ op: 'increment', key: 'text', by: 1 }] },
          { at, operations: [{ op: 'put', key: `a${atOnce}`, value, ifAbsent: true }] },
          { at: { ...at, bucket: 'missing' }, operations: [{ op: 'put', key: 'a', value }] },
          { at, operations: [{ op: 'put', key: '', value }] },
        ])

        expect(outcomes).toMatchObject([
          { ok: true, results: [{ changed: true, revision: before + 1 }] },
          { ok: true, results: [{ changed: true, revision: before + 2, number: 3 }] },
          { code: 'KV_WRONG_TYPE' },
          { ok: false, conflict: { index: 0, revision: before + 2 } },
          { code: 'KV_BUCKET_NOT_FOUND' },
          { code: 'KV_INVALID_KEY' },
        ])
        expect((await bucket.get(`a${atOnce}`))?.value).toBe(3)
        expect(await engine.getBucket(at)).toMatchObject({ revision: before + 2 })
      }
    })

    it('are applied once under an idempotency key', async ({ engine, at, bucket }) => {
      const visit: Given = {
        at,
        operations: [{ op: 'increment', key: 'visits', by: 1 }],
        idempotencyKey: 'client.1',
      }

      const outcomes = [
        ...(await tellAll(engine, { atOnce: true }, [visit, visit])),
        ...(await tellAll(engine, { atOnce: false }, [visit])),
        await engine.commit(at, visit.operations, { idempotencyKey: 'client.1' }),
      ]

      expect(outcomes).toEqual(outcomes.map(() => outcomes[0]))
      expect((await bucket.get('visits'))?.value).toBe(1)
    })

    it('see those that were begun before them', async ({ engine, at, bucket }) => {
      const first = engine.commit(at, [{ op: 'increment', key: 'visits', by: 1 }])
      const [second] = await tellAll(engine, { atOnce: true }, [
        { at, operations: [{ op: 'increment', key: 'visits', by: 1 }] },
      ])

      expect(await first).toMatchObject({ results: [{ number: 1 }] })
      expect(second).toMatchObject({ results: [{ number: 2 }] })
      expect((await bucket.get('visits'))?.value).toBe(2)
    })

    it('are refused once the store is closed', async ({ engine, at }) => {
      await engine.close()

      const outcomes = await tellAll(engine, { atOnce: true }, [
        { at, operations: [{ op: 'put', key: 'a', value }] },
      ])

      expect(outcomes).toEqual([{ code: 'KV_CLOSED' }])
    })
  })
}

/** The outcome of each, once all have been told. */
async function tellAll(
  engine: Engine,
  options: ToldCommitOptions,
  commits: readonly Given[],
): Promise<Outcome[]> {
  const telling: Promise<Outcome>[] = []
  const told = commits.map((commit): ToldCommit => {
    const { promise, resolve } = withResolve<Outcome>()
    telling.push(promise)
    return {
      ...commit,
      committed: resolve,
      failed: (error) => resolve({ code: KvasirError.is(error) ? error.code : undefined }),
    }
  })
  engine.commitEach?.(told, options)
  return Promise.all(telling)
}

function withResolve<Value>() {
  let resolve: (value: Value) => void = () => undefined
  const promise = new Promise<Value>((resolvePromise) => {
    resolve = resolvePromise
  })
  return { promise, resolve }
}
