import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openStore } from 'kvasir'
import { describe, expect, it } from 'vitest'
import { newDataDirectory } from '../cli/command-harness.ts'
import { runProgram, startProgram, startServing } from '../cli/process-harness.ts'
import { directoryWith, serveDirectory } from './function-harness.ts'

const files = {
  'count.js': `module.exports = async (req, res) => res.json(await kv.increment('count'))`,
  'slow.js': `module.exports = async (req, res) => {
    console.log('slow began')
    await sleep(400)
    await kv.set('slow', 'done')
    res.json('done')
  }`,
}

describe('kvasir functions', () => {
  it('keeps its store beside the functions, and finishes what runs when it is told to stop', async () => {
    const directory = await directoryWith(files)
    const { ask, child, ended, until, url } = await serveDirectory(directory)
    await ask('/count')

    const slow = ask('/slow')
    await until('slow began')
    child.kill('SIGTERM')
    await until('Stopping')

    expect(await slow).toEqual({ status: 200, body: 'done' })
    const { exitCode, stdout } = await ended
    await expect(ask('/count')).rejects.toThrow()
    expect([exitCode, stdout]).toEqual([0, `listening on ${url}\nslow began\n`])
    expect(await readdir(join(directory, '.kvasir'))).toContain('kvasir.db')
    await using store = await openStore(join(directory, '.kvasir'))
    expect(await store.project().kv().getMany(['count', 'slow'])).toEqual([1, 'done'])
  })

  it('cuts what runs longer than it may, and still closes the store in order', async () => {
    const directory = await directoryWith({
      ...files,
      'never.js': `module.exports = async (req, res) => {
        await kv.set('never', 'began')
        console.log('never began')
      }`,
    })
    const { ask, child, ended, until } = await serveDirectory(directory, ['--grace', '100ms'])
    const cut = expect(ask('/never')).rejects.toThrow()
    await until('never began')

    child.kill('SIGTERM')

    await cut
    expect(await ended).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(/^Stopping.*\n$/),
    })
    await using store = await openStore(join(directory, '.kvasir'))
    expect(await store.project().kv().get('never')).toBe('began')
  })

  it('stops at once when it is told so twice', async () => {
    const { ask, child, ended, until } = await serveDirectory(await directoryWith(files))
    const slow = ask('/slow')
    await until('slow began')

    child.kill('SIGINT')
    await until('Stopping')
    child.kill('SIGINT')

    await expect(slow).rejects.toThrow()
    expect((await ended).exitCode).toBe(130)
  })

  it('serves the same functions over the store of a server', async () => {
    const data = await newDataDirectory()
    const server = await startServing(data)
    const { stdout } = await runProgram([
      'token',
      'create',
      '--data',
      data,
      '--scopes',
      'read,write',
    ])
    const directory = await directoryWith(files)

    const { ask, stderr } = await serveDirectory(directory, [
      '--url',
      server.url,
      '--token',
      stdout.trim(),
    ])

    expect([(await ask('/count')).body, (await ask('/count')).body]).toEqual([1, 2])
    expect(await readdir(directory)).toEqual(['count.js', 'slow.js'])
    expect(stderr()).toBe('')
  })

  it('does not start with settings or a store that it does not understand', async () => {
    const directory = await directoryWith({ ...files, 'kvasir.json': '{ "timeOut": 5 }' })
    const [settings, store, none] = await Promise.all([
      runProgram(['functions', directory, '--port', '0']),
      runProgram(['functions', await directoryWith(files), '--data', join(directory, 'count.js')]),
      startProgram(['functions', join(directory, 'nowhere'), '--port', '0']).ended,
    ])

    expect(settings).toMatchObject({ exitCode: 2, stdout: '' })
    expect(settings.stderr).toMatch(
      /kvasir\.json has a member "timeOut".*project, ttlUnit, timeout/,
    )
    expect(store).toMatchObject({ exitCode: 2, stdout: '' })
    expect(none.stderr).toMatch(/nowhere" cannot be read \(ENOENT\)/)
  })
})
