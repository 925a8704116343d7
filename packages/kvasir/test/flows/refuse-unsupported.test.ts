import { openStore } from 'kvasir'
import { describe, expect, it } from 'vitest'

describe('options of a bucket that the engine does not carry out', () => {
  it.each([
    ['mirror', { mirror: { name: 'users', domain: 'hub' } }],
    ['sources', { sources: [{ name: 'users', domain: 'hub' }] }],
    ['num_replicas', { num_replicas: 3 }],
    ['placement', { placement: { tags: ['ssd'] } }],
  ])('are refused by name, and no bucket is created: %s', async (option, given) => {
    await using store = await openStore('memory:')
    const flows = store.project().flows()

    const { status_code, error } = await flows.call<string>('kv-bucket-create', {
      bucket: 'wanted',
      ...given,
    })

    const { body } = await flows.kvBucketList()
    expect({ status_code, code: error?.code }).toEqual({ status_code: 400, code: 'KV_UNSUPPORTED' })
    expect(error?.message).toMatch(new RegExp(`^${option} takes `))
    expect(body?.buckets.map(({ bucket }) => bucket)).toEqual(['default'])
  })
})
