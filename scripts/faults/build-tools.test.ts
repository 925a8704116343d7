import { afterEach, describe, expect, it, vi } from 'vitest'
import { compileC } from './build-tools.ts'

afterEach(() => vi.unstubAllEnvs())

describe('a machine without a C compiler', () => {
  it('is told which packages to install, instead of having fault tests left out', async () => {
    vi.stubEnv('PATH', '/nowhere')

    const compiling = compileC('shut-down-fs', 'program')

    await expect(compiling).rejects.toThrow(/C compiler.*apt-get install gcc libc6-dev/)
  })

  it('is not taken for one for ever: the next attempt looks again', async () => {
    vi.stubEnv('PATH', '/nowhere')
    await expect(compileC('shut-down-fs', 'program')).rejects.toThrow('C compiler')
    vi.unstubAllEnvs()

    expect(await compileC('shut-down-fs', 'program')).toContain('shut-down-fs')
  })
})
