import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { at, open, put, temporaryDirectory } from './directories.ts'

const programPath = fileURLToPath(new URL('./watching-program.ts', import.meta.url))

describe('a program that does nothing but watch', () => {
  it('stays until another process writes, and ends when its watch does', async () => {
    const directory = temporaryDirectory()
    const engine = await open(directory)
    // Without a pipe for messages, which would keep it alive for another reason.
    const program = spawn(process.execPath, ['--import', 'tsx', programPath, directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => void program.kill('SIGKILL'))
    const exited = once(program, 'exit')
    const printed = program.stdout.setEncoding('utf8')[Symbol.asyncIterator]()
    expect((await printed.next()).value).toBe('still here\n')

    await engine.commit(at, [put('a', 'theirs')])

    expect((await printed.next()).value).toBe('put\n')
    expect(await exited).toEqual([0, null])
  })
})
