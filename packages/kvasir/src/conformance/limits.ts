import { limits } from '../codec/limits.ts'
import { codeOf, errorOf, range } from './observe.ts'
import type { Suite } from './suite.ts'

export function limitTests({ describe, it, expect }: Suite): void {
  describe('a bucket with a limit on its bytes', () => {
    it('takes writes up to the very byte', async ({ project }) => {
      const small = await project.createBucket('small', { bytesMax: 10 })

      await small.put('alice', '12345')

      expect(await small.info()).toMatchObject({ bytes: 10 })
    })

    it('refuses one byte more, and changes nothing', async ({ project }) => {
      const small = await project.createBucket('small', { bytesMax: 10 })

      const error = await errorOf(small.put('alice', '123456'))

      expect(error).toMatchObject({ code: 'KV_QUOTA_EXCEEDED', outcome: 'not-applied' })
      expect(await small.info()).toMatchObject({ bytes: 0, keys: 0, revision: 0 })
    })

    it('counts UTF-8 bytes, not characters', async ({ project }) => {
      const small = await project.createBucket('small', { bytesMax: 10 })

      await small.put('ä', '😀😀')

      expect(await small.info()).toMatchObject({ bytes: 10 })
      expect(await codeOf(small.put('b', ''))).toBe('KV_QUOTA_EXCEEDED')
    })

    it('counts the size that a replaced value leaves', async ({ project }) => {
      const small = await project.createBucket('small', { bytesMax: 10 })
      await small.put('alice', '12345')

      await small.put('alice', '54321')
      const longer = small.put('alice', '543210')

      expect(await codeOf(longer)).toBe('KV_QUOTA_EXCEEDED')
      expect((await small.get('alice'))?.value).toBe('54321')
    })

    it('judges a commit as a whole', async ({ project }) => {
      const small = await project.createBucket('small', { bytesMax: 10 })
      await small.put('alice', '12345')

      const result = await small.commit([
        { op: 'put', key: 'bobby', value: '12345' },
        { op: 'delete', key: 'alice' },
      ])

      expect(result).toMatchObject({ ok: true })
      expect(await small.info()).toMatchObject({ bytes: 10, keys: 1 })
    })

    it('always allows deletes', async ({ project }) => {
      const small = await project.createBucket('small', { bytesMax: 10 })
      await small.put('alice', '12345')

      await small.delete('alice')

      expect(await small.info()).toMatchObject({ bytes: 0 })
    })

    it('refuses growth by increment, append and patch alike', async ({ project }) => {
      const small = await project.createBucket('small', { bytesMax: 12 })
      await small.put('alice', { n: 9 })

      const codes = await Promise.all([
        codeOf(small.commit([{ op: 'increment', key: 'alice', fields: { n: 1 } }])),
        codeOf(small.commit([{ op: 'append', key: 'alice', fields: { l: [1] } }])),
        codeOf(small.commit([{ op: 'patch', key: 'alice', fields: { m: 1 } }])),
      ])

      expect(codes).toEqual(['KV_QUOTA_EXCEEDED', 'KV_QUOTA_EXCEEDED', 'KV_QUOTA_EXCEEDED'])
      expect(await small.info()).toMatchObject({ bytes: 12, revision: 1 })
    })

    it('is never exceeded by writers at the same time', async ({ project }) => {
      const small = await project.createBucket('small', { bytesMax: 100 })

      const puts = range(32).map((index) => small.put(`key-${100 + index}`, '123'))
      const codes = await Promise.all(puts.map((put) => codeOf(put)))

      expect(codes.filter((code) => code === 'no error')).toHaveLength(10)
      expect(codes.filter((code) => code === 'KV_QUOTA_EXCEEDED')).toHaveLength(22)
      expect(await small.info()).toMatchObject({ bytes: 100, keys: 10, revision: 10 })
    })

    it('has room again from the millisecond that something expires', async (scene) => {
      const { project, clock } = scene
      const small = await project.createBucket('small', { bytesMax: 10 })
      await small.put('alice', '12345', { ttl: 1000 })

      clock.setWall(clock.wallMs() + 1000)

      expect(await small.put('bobby', '12345')).toMatchObject({ ok: true })
    })

    it('counts the history that it keeps', async ({ project }) => {
      const small = await project.createBucket('small', { bytesMax: 20, history: 2 })
      await small.put('alice', '12345')
      await small.put('alice', '54321')

      expect(await codeOf(small.put('bob', ''))).toBe('KV_QUOTA_EXCEEDED')
      expect(await small.put('alice', '00000')).toMatchObject({ ok: true })
    })

    it('cannot be set under what the bucket holds', async ({ project }) => {
      const small = await project.createBucket('small')
      await small.put('alice', '12345')

      const error = await errorOf(small.configure({ bytesMax: 9 }))

      expect(error).toMatchObject({ code: 'KV_CONFLICT', outcome: 'not-applied' })
      expect((await small.info()).config.bytesMax).toBe(undefined)
      expect(await codeOf(small.configure({ bytesMax: 10 }))).toBe('no error')
    })
  })

  describe('a bucket with a limit on the size of a value', () => {
    it('takes a value of that size', async ({ project }) => {
      const notes = await project.createBucket('notes', { valueBytesMax: 5 })

      expect(await notes.put('note', '12345')).toMatchObject({ ok: true })
    })

    it('refuses one byte more, and keeps what was there', async ({ project }) => {
      const notes = await project.createBucket('notes', { valueBytesMax: 5 })
      await notes.put('note', 'short')

      expect(await codeOf(notes.put('note', '123456'))).toBe('KV_TOO_LARGE')
      expect(await notes.get('note')).toMatchObject({ value: 'short', revision: 1 })
    })

    it('holds for lists that grow', async ({ project }) => {
      const notes = await project.createBucket('notes', { valueBytesMax: 12 })
      await notes.put('note', { list: [1] })

      const call = notes.commit([{ op: 'append', key: 'note', fields: { list: [2, 3] } }])

      expect(await codeOf(call)).toBe('KV_TOO_LARGE')
      expect((await notes.get('note'))?.value).toEqual({ list: [1] })
    })

    it('lets larger values stay when it is set later', async ({ project }) => {
      const notes = await project.createBucket('notes')
      await notes.put('note', '123456')

      await notes.configure({ valueBytesMax: 5 })

      expect((await notes.get('note'))?.value).toBe('123456')
      expect(await codeOf(notes.put('note', '654321'))).toBe('KV_TOO_LARGE')
    })
  })

  describe('a value of any bucket', () => {
    it('is refused when it is over the limit that holds for all', async ({ bucket }) => {
      const call = bucket.put('alice', new Uint8Array(limits.valueBytesMax + 1))

      expect(await codeOf(call)).toBe('KV_TOO_LARGE')
    })
  })

  describe('the bytes of a bucket', () => {
    it('are those of its keys and raw values, in every kind', async ({ bucket }) => {
      await bucket.put('text', 'äö')
      await bucket.put('json', [1, 2])
      await bucket.put('record', { a: 'ä' })
      await bucket.put('bytes', new Uint8Array(7))

      const keys = 'textjsonrecordbytes'.length
      const values = 4 + '[1,2]'.length + '{"a":"ä"}'.length + 1 + 7
      expect(await bucket.info()).toMatchObject({ keys: 4, bytes: keys + values })
    })

    it('stay exact over long runs of changes', async ({ bucket }) => {
      for (const index of range(50)) {
        await bucket.commit([
          { op: 'put', key: `key-${index % 7}`, value: 'x'.repeat(index) },
          { op: 'append', key: 'list', fields: { all: [index] } },
          { op: 'delete', key: `key-${(index + 3) % 7}` },
        ])
      }

      let bytes = 0
      for await (const { key, value } of bucket.entries()) {
        bytes += key.length + (typeof value === 'string' ? value : JSON.stringify(value)).length
      }

      expect(await bucket.info()).toMatchObject({ bytes })
    })
  })
}
