import { afterEach, describe, expect, it } from 'vitest'
import { take } from '../../src/conformance/observe.ts'
import { inShort } from '../../src/conformance/subjects.ts'
import { openStore, type Store } from '../../src/index.ts'
import { runChild } from './child-process.ts'
import { temporaryDirectory } from './directories.ts'

const republish = { dest: 'changes.>' }
const opened: Store[] = []

async function openShop(directory: string) {
  const store = await openStore(directory)
  opened.push(store)
  return { store, project: store.project('shop') }
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()))
})

describe('a subscription in one process', () => {
  it('is told what another process stores', async () => {
    const directory = temporaryDirectory()
    const { project } = await openShop(directory)
    await project.createBucket('orders', { republish })
    const messages = project.subscribe('changes.>')
    await messages.ready

    await runChild(['put-and-end', directory, 'orders'])

    expect((await take(messages, 1)).map(inShort)).toEqual(['changes.theirs put orders 1'])
  })

  it('notices the bucket that another process creates, from its first change on', async () => {
    const directory = temporaryDirectory()
    const { project } = await openShop(directory)
    const messages = project.subscribe('changes.>')
    await messages.ready

    await runChild(['publish', directory, 'orders'])

    expect((await take(messages, 2)).map(inShort)).toEqual([
      'changes.first put orders 1',
      'changes.second put orders 2',
    ])
  })

  it('goes on where it was before a restart, during which another process wrote', async () => {
    const directory = temporaryDirectory()
    const { store, project } = await openShop(directory)
    const orders = await project.createBucket('orders', { republish })
    const messages = project.subscribe('changes.>')
    await orders.put('a', 1)
    await orders.put('b', 2)
    const [first] = await take(messages, 1)
    await store.close()
    await runChild(['put-and-end', directory, 'orders'])

    const { project: again } = await openShop(directory)
    const resumed = again.subscribe('changes.>', { since: String(first?.position) })

    expect((await take(resumed, 2)).map(inShort)).toEqual([
      'changes.b put orders 2',
      'changes.theirs put orders 3',
    ])
  })

  it('is told that a bucket in memory was emptied by a restart', async () => {
    const directory = temporaryDirectory()
    const { store, project } = await openShop(directory)
    const orders = await project.createBucket('orders', { republish, storage: 'memory' })
    const messages = project.subscribe('changes.>')
    await orders.put('a', 1)
    const [first] = await take(messages, 1)
    await store.close()

    const { project: again } = await openShop(directory)
    const resumed = again.subscribe('changes.>', { since: String(first?.position) })

    expect((await take(resumed, 1)).map(inShort)).toEqual(['changes.> clear orders 2'])
  })
})
