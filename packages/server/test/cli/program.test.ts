import { describe, expect, it } from 'vitest'
import { dataDirectoryWith, newDataDirectory } from './command-harness.ts'
import { runProgram, startProgram } from './process-harness.ts'

describe('the program kvasir', () => {
  it('stores standard input and prints it in another process', async () => {
    const data = await newDataDirectory()

    const set = await runProgram(['set', 'report', '--data', data], 'two\nlines')
    const get = await runProgram(['get', 'report', '--raw', '--data', data])

    expect(set).toEqual({ exitCode: 0, stdout: '1\n', stderr: '' })
    expect(get).toEqual({ exitCode: 0, stdout: 'two\nlines', stderr: '' })
  })

  it('ends with the exit code of the failure', async () => {
    const data = await dataDirectoryWith({})

    const { exitCode, stderr } = await runProgram(['get', 'nobody', '--data', data])

    expect(exitCode).toBe(3)
    expect(stderr).toContain('(KV_KEY_NOT_FOUND)')
  })

  it('prints values larger than a pipe holds to the last byte', async () => {
    const data = await dataDirectoryWith({ large: 'x'.repeat(2_000_000) })

    const { stdout } = await runProgram(['get', 'large', '--raw', '--data', data])

    expect(stdout).toHaveLength(2_000_000)
  })

  it('ends quietly with 0 when the reader of its output goes away', async () => {
    const values = Array.from({ length: 10_000 }, (_, index) => [`key-${index}`, index])
    const data = await dataDirectoryWith(Object.fromEntries(values))

    const listing = startProgram(['ls', '--values', '--json', '--data', data])
    await listing.until('key-0')
    listing.child.stdout?.destroy()

    const { exitCode, stderr } = await listing.ended
    expect(stderr).toBe('')
    expect(exitCode).toBe(0)
  })

  it('ends a watch with 0 on SIGINT', async () => {
    const data = await dataDirectoryWith({ a: 1 })
    const watching = startProgram(['watch', '--since', '0', '--data', data])
    await watching.until('put')

    watching.child.kill('SIGINT')

    expect(await watching.ended).toMatchObject({ exitCode: 0, stdout: '1\tput\ta\t1\n' })
  })
})
