import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { newDataDirectory } from './command-harness.ts'
import { type Program, runProgram, startProgram } from './process-harness.ts'

/** Starts `kvasir serve` on a Unix socket beside its data, and resolves once it listens. */
async function serve(options: readonly string[] = []) {
  const data = await newDataDirectory()
  const path = join(data, 'socket')
  const start = async (): Promise<Program> => {
    const argv = ['serve', '--no-auth', '--data', data, '--unix-socket', path, ...options]
    const program = startProgram(argv)
    await program.until(`listening on unix:${path}\n`)
    return program
  }
  return { path, start, there: ['--url', `unix:${path}`] }
}

function modeAt(path: string): Promise<number | undefined> {
  return lstat(path).then(
    ({ mode }) => mode & 0o777,
    () => undefined,
  )
}

describe('kvasir serve --unix-socket', () => {
  it('serves commands that are given its path, and takes the file along', async () => {
    const { path, start, there } = await serve()
    const server = await start()

    const set = await runProgram(['set', 'greeting', 'hello', ...there])
    const get = await runProgram(['get', 'greeting', ...there])
    server.child.kill('SIGTERM')
    await server.ended

    expect(set).toMatchObject({ exitCode: 0, stderr: '' })
    expect(get).toEqual({ exitCode: 0, stdout: 'hello\n', stderr: '' })
    expect(server.stdout()).not.toContain('http:')
    expect(await modeAt(path)).toBeUndefined()
  })

  it('takes the place of a server that was killed', async () => {
    const { path, start, there } = await serve()
    const killed = await start()
    killed.child.kill('SIGKILL')
    await killed.ended
    const left = await modeAt(path)

    await start()

    expect(left).toBe(0o600)
    expect(await runProgram(['has', 'a', ...there])).toMatchObject({ exitCode: 3 })
  })

  it('says which path is taken by a server that runs, and ends with 1', async () => {
    const { path, start } = await serve()
    await start()

    const ended = await runProgram(['serve', '--data', 'memory:', '--unix-socket', path])

    expect(ended).toMatchObject({ exitCode: 1, stdout: '' })
    expect(ended.stderr).toContain('KV_PORT_IN_USE')
    expect(ended.stderr).toContain(path)
  })

  it('is shared by workers, with a port beside it and the permissions given', async () => {
    const modes = ['--unix-socket-mode', '660']
    const { path, start, there } = await serve(['--workers', '2', '--port', '0', ...modes])
    const server = await start()

    const set = await runProgram(['set', 'greeting', 'hello', ...there])
    const [, url = ''] = /listening on (http\S+)/.exec(server.stdout()) ?? []
    const get = await runProgram(['get', 'greeting', '--url', url])
    const mode = await modeAt(path)
    server.child.kill('SIGTERM')
    await server.ended

    expect(set).toMatchObject({ exitCode: 0, stderr: '' })
    expect(get).toMatchObject({ stdout: 'hello\n' })
    expect(mode).toBe(0o660)
    expect(await modeAt(path)).toBeUndefined()
  })
})
