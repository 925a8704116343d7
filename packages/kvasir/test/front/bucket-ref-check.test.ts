import { describe, expect, it } from 'vitest'
import type { BucketRef } from '../../src/engine/engine.ts'
import { BucketRefCheck } from '../../src/front/bucket-ref-check.ts'

const invalid = expect.objectContaining({ code: 'KV_INVALID_ARGUMENT' })

describe('the check of which bucket is meant', () => {
  it('lets good names pass, again and again', () => {
    const refs = new BucketRefCheck()

    expect(() => refs.check({ project: 'shop', bucket: 'carts' })).not.toThrow()
    expect(() => refs.check({ project: 'shop', bucket: 'carts' })).not.toThrow()
  })

  it.each([
    [{}],
    [{ project: '', bucket: '' }],
    [{ project: 'shop', bucket: undefined }],
    [{ project: 'shop', bucket: 'no/name' }],
    [{ project: 'no name', bucket: 'carts' }],
  ])('refuses others, be they the first, repeated or after a good one: %j', (at) => {
    const refs = new BucketRefCheck()
    const given = at as unknown as BucketRef

    expect(() => refs.check(given)).toThrow(invalid)
    expect(() => refs.check(given)).toThrow(invalid)
    refs.check({ project: 'shop', bucket: 'carts' })
    expect(() => refs.check(given)).toThrow(invalid)
  })

  it('refuses names that have been changed in place since they were good', () => {
    const refs = new BucketRefCheck()
    const at = { project: 'shop', bucket: 'carts' }
    refs.check(at)

    at.bucket = 'no/name'

    expect(() => refs.check(at)).toThrow(invalid)
  })
})
