import { codeOf, errorOf } from './observe.ts'
import type { Scene } from './scene.ts'
import type { Suite } from './suite.ts'

type Call = (scene: Scene, options: { signal: AbortSignal }) => Promise<unknown>

const calls: readonly (readonly [name: string, call: Call])[] = [
  ['get', ({ engine, at }, options) => engine.get(at, 'alice', options)],
  ['read', ({ engine, at }, options) => engine.read(at, [{ key: 'alice' }], options)],
  ['list', ({ engine, at }, options) => engine.list(at, { order: 'key', limit: 1 }, options)],
  ['history', ({ engine, at }, options) => engine.history(at, 'alice', options)],
  [
    'commit',
    ({ engine, at }, options) => engine.commit(at, [{ op: 'delete', key: 'alice' }], options),
  ],
  ['getBucket', ({ engine, at }, options) => engine.getBucket(at, options)],
  ['purgeBucket', ({ engine, at }, options) => engine.purgeBucket(at, options)],
  ['listBuckets', ({ engine }, options) => engine.listBuckets('shop', { limit: 1 }, options)],
]

export function abortTests({ describe, it, expect }: Suite): void {
  describe('a call whose signal was aborted before', () => {
    for (const [name, call] of calls) {
      it(`is refused: ${name}`, async (scene) => {
        await scene.bucket.put('alice', 1)

        const error = await errorOf(call(scene, { signal: AbortSignal.abort() }))

        expect(error).toMatchObject({ code: 'KV_ABORTED', outcome: 'not-applied' })
        expect(await scene.bucket.info()).toMatchObject({ revision: 1, keys: 1 })
      })
    }
  })

  describe('a call whose signal is aborted while it runs', () => {
    it('rejects with KV_ABORTED, its outcome unknown', async ({ engine, at }) => {
      const controller = new AbortController()
      const { signal } = controller

      const call = engine.commit(at, [{ op: 'delete', key: 'alice' }], { signal })
      controller.abort()

      expect(await errorOf(call)).toMatchObject({ code: 'KV_ABORTED', outcome: 'unknown' })
    })

    it('leaves the store usable', async ({ engine, at, bucket }) => {
      const controller = new AbortController()
      const call = engine.get(at, 'alice', { signal: controller.signal })
      controller.abort()
      await codeOf(call)

      await bucket.put('alice', 1)

      expect((await bucket.get('alice'))?.value).toBe(1)
    })
  })

  describe('a signal that is not aborted', () => {
    it('changes nothing', async ({ bucket }) => {
      const { signal } = new AbortController()

      await bucket.put('alice', 1, { signal })

      expect((await bucket.get('alice', { signal }))?.value).toBe(1)
    })
  })
}
