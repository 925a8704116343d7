import { type FlowAnswer, type FlowFailure, openStore, type Project } from 'kvasir'
import type { openRemoteStore } from 'kvasir/client'
import type { openMemoryStore } from 'kvasir/memory'
import { describe, expectTypeOf, it } from 'vitest'

const open = async () => (await openStore('memory:')).project().flows()

describe('the types of flows', () => {
  it('infer the body from the name, called either way', async () => {
    const flows = await open()

    const byName = await flows.call('kv-key-put', { bucket: 'b', key: 'k', value: 1 })
    const byMethod = await flows.kvKeyPut({ bucket: 'b', key: 'k', value: 1 })

    type Put = FlowAnswer<{ key: string; revision: number }>
    expectTypeOf(byName).toEqualTypeOf<Put>()
    expectTypeOf(byMethod).toEqualTypeOf<Put>()
  })

  it('tell success from failure by the status, or by the error', async () => {
    const answer = await (await open()).kvKeyList({ bucket: 'b' })

    type Failure = Exclude<typeof answer, { status_code: 200 }>
    type Success = Extract<typeof answer, { status_code: 200 }>
    expectTypeOf<Failure>().toEqualTypeOf<FlowFailure>()
    expectTypeOf<Success['body']['items'][number]['value']>().toEqualTypeOf<string>()
  })

  it('let parameters be left out where none is required, and nowhere else', async () => {
    const flows = await open()

    expectTypeOf(flows.kvBucketList).toBeCallableWith()
    expectTypeOf<Parameters<typeof flows.kvKeyGet>['length']>().toEqualTypeOf<1 | 2>()
  })

  it('know what each function takes', async () => {
    const flows = await open()

    type Increment = Parameters<typeof flows.kvKeyIncrement>[0]
    expectTypeOf<Increment>().toEqualTypeOf<{
      bucket: string
      key: string
      by?: number | undefined
    }>()
  })

  it('take a name that is known only when it runs, with anything', async () => {
    const answer = await (await open()).call('kv-key-get' as string, { any: 'thing' })

    expectTypeOf(answer).toEqualTypeOf<FlowAnswer<unknown>>()
  })

  it('say that stores opened from the small entries have no functions', () => {
    type Small = ReturnType<typeof openRemoteStore> | ReturnType<typeof openMemoryStore>

    expectTypeOf<Project>().toHaveProperty('flows')
    expectTypeOf<ReturnType<Small['project']>>().not.toHaveProperty('flows')
  })
})
