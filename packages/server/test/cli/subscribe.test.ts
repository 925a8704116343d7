import { openStore } from 'kvasir'
import { describe, expect, it } from 'vitest'
import { kvasir, newDataDirectory, startKvasir } from './command-harness.ts'

/** A data directory with a bucket that publishes. */
async function publishingDirectory() {
  const data = await newDataDirectory()
  await using store = await openStore(data, { durability: 'relaxed' })
  await store.project().createBucket('orders', { republish: { dest: 'changes.>' } })
  return data
}

/** What was printed after a text, up to the end of the line. */
function after(text: string, printed: string): string {
  return printed.slice(printed.indexOf(text) + text.length).split('\n')[0] ?? ''
}

describe('kvasir subscribe', () => {
  it('prints one line per change until it is stopped, and ends with 0', async () => {
    const data = await publishingDirectory()
    const stop = new AbortController()
    const { signal } = stop
    const printing = startKvasir(['subscribe', 'changes.>', '--data', data], { signal })
    await printing.stderr.until('Subscribed')

    await using store = await openStore(data)
    const orders = await store.project().bucket('orders')
    await orders.put('a', { n: 1 })
    await printing.stdout.until('\tput\t')
    await orders.delete('a')
    await printing.stdout.until('delete')
    await orders.purge()
    await printing.stdout.until('clear')
    stop.abort()

    expect(await printing.ended).toBe(0)
    expect(printing.stdout.text).toBe(
      'changes.a\torders\t1\tput\ta\t{"n":1}\n' +
        'changes.a\torders\t2\tdelete\ta\n' +
        'changes.>\torders\t3\tclear\n',
    )
  })

  it('goes on where it was told that it had come to, and says where it is told less', async () => {
    const data = await publishingDirectory()
    const first = new AbortController()
    const begun = startKvasir(['subscribe', 'changes.>', '--data', data], { signal: first.signal })
    await begun.stderr.until('Subscribed')
    first.abort()
    await begun.ended
    const since = after("--since '", begun.stderr.text).replace("'", '')
    {
      await using store = await openStore(data)
      const orders = await store.project().bucket('orders')
      for (const value of ['Alice', 'Bob']) await orders.put('a', value)
    }

    const stop = new AbortController()
    const argv = ['subscribe', 'changes.a', '--since', since, '--json', '--data', data]
    const going = startKvasir(argv, { signal: stop.signal })
    await going.stdout.until('Bob')
    stop.abort()

    expect(await going.ended).toBe(0)
    const documents = going.stdout.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const position = expect.any(String)
    expect(documents).toEqual([
      { subject: 'changes.a', bucket: 'orders', change: 'gap', revision: 0, to: 2, position },
      {
        subject: 'changes.a',
        bucket: 'orders',
        change: 'put',
        revision: 2,
        key: 'a',
        at: expect.any(Number),
        type: 'text',
        value: 'Bob',
        position,
      },
    ])
  })

  it.each([
    ['a subject that is none', ['subscribe', 'a..b']],
    ['a position that is none', ['subscribe', 'a', '--since', 'yesterday']],
    ['a subject that is missing', ['subscribe']],
  ])('refuses %s', async (_what, argv) => {
    const data = await publishingDirectory()

    const { exitCode, stdout, stderr } = await kvasir([...argv, '--data', data])

    expect(exitCode).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).not.toBe('')
  })

  it('makes no store where there is none', async () => {
    const { exitCode } = await kvasir(['subscribe', 'a', '--data', await newDataDirectory()])

    expect(exitCode).toBe(2)
  })
})
