import { openStore } from 'kvasir'
import { describe, expect, it } from 'vitest'
import { dataDirectoryWith, startKvasir } from './command-harness.ts'

describe('kvasir watch', () => {
  it('prints one line per change until it is stopped, and ends with 0', async () => {
    const data = await dataDirectoryWith({ old: 1 })
    const stop = new AbortController()
    const watching = startKvasir(['watch', '--data', data], { signal: stop.signal })
    await watching.stderr.until('Watching')

    await using store = await openStore(data)
    const kv = store.project().kv()
    await kv.set('a', { n: 1 })
    await watching.stdout.until('\ta\t')
    await kv.delete('a')
    await watching.stdout.until('delete')
    await kv.clear()
    await watching.stdout.until('clear')
    stop.abort()

    expect(await watching.ended).toBe(0)
    expect(watching.stdout.text).toBe('2\tput\ta\t{"n":1}\n3\tdelete\ta\n4\tclear\n')
  })

  it('prints one JSON document a line with --json, beginning where it is told', async () => {
    const data = await dataDirectoryWith({ 'user:1': 'Alice', 'user:2': 'Bob', other: 1 })
    const stop = new AbortController()

    const argv = ['watch', '--prefix', 'user:', '--since', '0', '--json', '--data', data]
    const watching = startKvasir(argv, { signal: stop.signal })
    await watching.stdout.until('user:2')
    stop.abort()

    expect(await watching.ended).toBe(0)
    const documents = watching.stdout.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(documents).toEqual([
      { change: 'put', revision: 1, key: 'user:1', type: 'text', value: 'Alice' },
      { change: 'put', revision: 2, key: 'user:2', type: 'text', value: 'Bob' },
    ])
  })

  it('says where it does not print every change', async () => {
    const data = await dataDirectoryWith({ a: 1 })
    await using store = await openStore(data)
    for (const value of [2, 3]) await store.project().kv().set('a', value)
    const stop = new AbortController()
    const { signal } = stop

    const printing = startKvasir(['watch', '--since', '0', '--data', data], { signal })
    const asJson = startKvasir(['watch', '--since', '1', '--json', '--data', data], { signal })
    await Promise.all([printing.stdout.until('put'), asJson.stdout.until('put')])
    stop.abort()
    await Promise.all([printing.ended, asJson.ended])

    expect(printing.stdout.text).toBe('0\tgap\tto 3\n3\tput\ta\t3\n')
    expect(asJson.stdout.text.split('\n')[0]).toBe('{"change":"gap","revision":1,"to":3}')
  })

  it('ends quietly when nobody reads on', async () => {
    const data = await dataDirectoryWith({ a: 1 })
    const stdout = {
      write: (_chunk: string | Uint8Array, done: (error?: Error) => void) =>
        done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
    }

    const watching = startKvasir(['watch', '--since', '0', '--data', data], { stdout })

    expect(await watching.ended).toBe(0)
  })

  it('refuses a key together with a prefix', async () => {
    const data = await dataDirectoryWith({ a: 1 })

    const watching = startKvasir(['watch', '--key', 'a', '--prefix', 'a', '--data', data])

    expect(await watching.ended).toBe(2)
    expect(watching.stderr.text).toContain('not both')
  })
})
