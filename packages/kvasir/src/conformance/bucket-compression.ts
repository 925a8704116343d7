import { all, codeOf, errorOf, lastValue, range, take, untilLast } from './observe.ts'
import type { Suite } from './suite.ts'

const text = 'a text that repeats itself. '.repeat(100)
const document = { rows: range(50).map((id) => ({ id, name: 'somebody', tags: ['a', 'ü'] })) }

/** What is compressed, what is too short for it, and what does not become smaller. */
const values = [text, document, text.split(' '), new TextEncoder().encode(text), 'short', 12]

export function bucketCompressionTests({ describe, it, expect }: Suite): void {
  describe('a bucket with compression', () => {
    it('gives back every value as it was put, and lists it so', async ({ project }) => {
      const packed = await project.createBucket('packed', { compression: true })

      for (const [index, value] of values.entries()) await packed.put(`key:${index}`, value)

      const listed = await all(packed.entries())
      expect(listed.map(({ value }) => value)).toEqual(values)
      const read = await packed.getMany(values.map((_, index) => `key:${index}`))
      expect(read.map((entry) => entry?.value)).toEqual(values)
    })

    it('counts the bytes that values have raw', async ({ project }) => {
      const packed = await project.createBucket('packed', { compression: true, history: 2 })
      const plain = await project.createBucket('plain', { history: 2 })

      for (const bucket of [packed, plain]) {
        for (const [index, value] of values.entries()) await bucket.put(`key:${index % 2}`, value)
        await bucket.delete('key:1')
      }

      const { bytes } = await plain.info()
      expect(bytes).toBeGreaterThan(2000)
      expect((await packed.info()).bytes).toBe(bytes)
    })

    it('keeps its limits by the bytes that values have raw', async ({ project }) => {
      const limited = { compression: true, bytesMax: 150, valueBytesMax: 100 }
      const packed = await project.createBucket('packed', limited)

      expect(await codeOf(packed.put('a', 'x'.repeat(101)))).toBe('KV_TOO_LARGE')
      await packed.put('a', 'x'.repeat(100))
      expect(await codeOf(packed.put('b', 'x'.repeat(49)))).toBe('KV_QUOTA_EXCEEDED')
      await packed.put('b', 'x'.repeat(48))

      expect(await packed.info()).toMatchObject({ bytes: 150 })
    })

    it('answers the operations on records as any other', async ({ project }) => {
      const packed = await project.createBucket('packed', { compression: true })
      await packed.put('a', { n: 1, text, list: range(200) })

      const result = await packed.commit([
        { op: 'increment', key: 'a', fields: { n: 2 } },
        { op: 'shift', key: 'a', fields: { list: 198 } },
        { op: 'touch', key: 'a', ttl: '1h', previous: true },
      ])

      expect(result.ok).toBe(true)
      expect((await packed.get('a'))?.value).toEqual({ n: 3, text, list: [198, 199] })
    })

    it('tells its watchers and its history of whole values', async ({ project }) => {
      const packed = await project.createBucket('packed', { compression: true, history: 3 })
      for (const value of [text, document]) await packed.put('a', value)

      const [event] = await take(packed.watch({ initial: true }), 1)
      const history = await packed.history('a')

      expect(event).toMatchObject({ kind: 'put', entry: { value: document } })
      expect(history.map((item) => item.kind === 'put' && item.value)).toEqual([text, document])
      expect((await packed.get('a', { revision: 1 }))?.value).toBe(text)
    })

    it('may be switched on and off, and reads what was written before', async ({ project }) => {
      const bucket = await project.createBucket('changing')
      await bucket.put('plain', text)

      await bucket.configure({ compression: true })
      await bucket.put('packed', text)
      await bucket.configure({ compression: false })
      await bucket.put('plain again', text)
      await bucket.commit([{ op: 'touch', key: 'packed', ttl: '1h' }])

      const entries = await all(bucket.entries())
      expect(entries.map(({ value }) => value)).toEqual([text, text, text])
      expect((await bucket.info()).config).toEqual({ description: '', history: 1, metadata: {} })
    })

    it('is the same as one without when that is what it is given', async ({ project, engine }) => {
      await project.createBucket('plain')
      const at = { project: 'shop', bucket: 'plain' }
      const config = { description: '', history: 1, metadata: {}, compression: false }

      const again = await engine.createBucket(at, config)
      const error = await errorOf(engine.createBucket(at, { ...config, compression: true }))

      expect(again).toMatchObject({ created: false })
      expect(error.code).toBe('KV_BUCKET_EXISTS')
      expect(error.details).toMatchObject({ differing: ['compression'] })
    })

    it('takes true or false and nothing else', async ({ project }) => {
      const compression = 'yes' as unknown as boolean

      const error = await errorOf(project.createBucket('packed', { compression }))

      expect(error.code).toBe('KV_INVALID_ARGUMENT')
      expect(error.message).toContain('compression')
    })

    it('is compressed in what the functions say of it', async ({ project }) => {
      const flows = project.flows()

      const created = await flows.kvBucketCreate({ bucket: 'packed', compression: true })
      const listed = await flows.kvBucketGet({ bucket: 'packed' })
      const updated = await flows.kvBucketUpdate({ bucket: 'packed', compression: false })

      expect(created.body).toMatchObject({ created: true, compression: true })
      expect(listed.body).toMatchObject({ is_compressed: true })
      expect(updated.body).toMatchObject({ is_compressed: false })
    })

    it('has the same changes as any other', async ({ project }) => {
      const packed = await project.createBucket('packed', { compression: true })
      await packed.put('a', text)
      await packed.put('a', document)
      await packed.delete('a')
      await packed.put('z', lastValue)

      expect(await untilLast(packed.watch({ since: 0 }))).toEqual(['gap 0 to 4', 'delete a 3'])
    })
  })
}
