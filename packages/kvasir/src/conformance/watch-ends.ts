import { all, codeOf, errorOf, lastValue, take, untilLast } from './observe.ts'
import type { Suite } from './suite.ts'

export function watchEndTests({ describe, it, expect }: Suite): void {
  describe('a watch', () => {
    it('that is closed ends its reader', async ({ bucket }) => {
      const watch = bucket.watch()
      await watch.ready
      const seen = all(watch)

      await watch.close()

      expect(await seen).toEqual([])
    })

    it('may be closed again', async ({ bucket }) => {
      const watch = bucket.watch()
      await watch.close()

      expect(await codeOf(watch.close())).toBe('no error')
    })

    it('closed before it was read gives nothing', async ({ bucket }) => {
      await bucket.put('alice', 1)
      const watch = bucket.watch({ initial: true })
      await watch.ready

      await watch.close()

      expect(await all(watch)).toEqual([])
    })

    it('ends when its signal is aborted', async ({ bucket }) => {
      const controller = new AbortController()
      const watch = bucket.watch({ signal: controller.signal })
      await watch.ready
      const seen = all(watch)

      controller.abort()

      expect(await seen).toEqual([])
    })

    it('is refused when its signal was aborted before', async ({ bucket }) => {
      const watch = bucket.watch({ signal: AbortSignal.abort() })

      expect(await codeOf(all(watch))).toBe('KV_ABORTED')
    })

    it('that is left does not disturb the others', async ({ bucket }) => {
      const left = bucket.watch()
      const stays = bucket.watch()
      await Promise.all([left.ready, stays.ready])
      await bucket.put('alice', 1)
      await take(left, 1)

      await bucket.put('bob', 1)
      await bucket.put('end', lastValue)

      expect(await untilLast(stays)).toEqual(['put alice 1', 'put bob 2'])
    })

    it('ends with an error when its bucket is deleted', async ({ project }) => {
      const sessions = await project.createBucket('sessions')
      const watch = sessions.watch()
      await watch.ready
      const seen = errorOf(all(watch))

      await project.deleteBucket('sessions')

      expect((await seen).code).toBe('KV_BUCKET_NOT_FOUND')
    })

    it('does not go over to a bucket created anew', async ({ project }) => {
      const sessions = await project.createBucket('sessions')
      const watch = sessions.watch()
      await watch.ready
      const seen = errorOf(all(watch))

      await project.deleteBucket('sessions')
      await (await project.createBucket('sessions')).put('alice', 1)

      expect((await seen).code).toBe('KV_BUCKET_NOT_FOUND')
    })

    const wrong = [
      { key: 'alice', prefix: 'a' },
      { since: 1, initial: true },
      { since: -1 },
      { since: 1.5 },
    ]
    for (const options of wrong) {
      it(`refuses ${JSON.stringify(options)}`, async ({ bucket }) => {
        expect(await codeOf(all(bucket.watch(options)))).toBe('KV_INVALID_ARGUMENT')
      })
    }

    it('refuses a key that is none', async ({ bucket }) => {
      expect(await codeOf(all(bucket.watch({ key: '' })))).toBe('KV_INVALID_KEY')
    })

    it('reports what it refuses through ready as well', async ({ bucket }) => {
      expect(await codeOf(bucket.watch({ since: -1 }).ready)).toBe('KV_INVALID_ARGUMENT')
    })
  })
}
