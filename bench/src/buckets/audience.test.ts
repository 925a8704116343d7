import { describe, expect, it } from 'vitest'
import { Audience } from './audience.ts'

describe('the audience of a bucket', () => {
  it('has seen a change only when each of its watchers was told', async () => {
    const audience = new Audience()
    const [first, second] = [audience.take(), audience.take()]
    let isSeen = false

    const seen = audience.allSee(1).then(() => {
      isSeen = true
    })
    first(1)
    await Promise.resolve()
    const before = isSeen
    second(1)
    await seen

    expect(before).toBe(false)
    expect(isSeen).toBe(true)
  })

  it('has seen a change of which all were told before anybody asked', async () => {
    const audience = new Audience()
    const [first, second] = [audience.take(), audience.take()]

    first(1)
    second(1)

    await expect(audience.allSee(1)).resolves.toBeUndefined()
  })

  it('takes a later change for the awaited one, since a watcher may have been told of both', async () => {
    const audience = new Audience()
    const watcher = audience.take()

    const seen = audience.allSee(2)
    watcher(1)
    watcher(3)

    await expect(seen).resolves.toBeUndefined()
  })

  it.each([
    { what: 'twice', revisions: [1, 1] },
    { what: 'out of order', revisions: [2, 1] },
  ])('says so when a watcher is told $what', async ({ revisions }) => {
    const audience = new Audience()
    const watcher = audience.take()

    for (const revision of revisions) watcher(revision)

    await expect(audience.allSee(3)).rejects.toThrow(/was told of 1 after [12]/)
  })
})
