import { describe, expect, it } from 'vitest'
import { loadSqliteDriver } from '../../src/engines/sqlite/sqlite-driver.ts'

describe('looking for a driver', () => {
  it("takes the runtime's own before an installed one", async () => {
    const own = { DatabaseSync: class {} }
    const installed = { DatabaseSync: class {} }

    const withOwn = await loadSqliteDriver({ builtin: () => own, installed: async () => installed })
    const without = await loadSqliteDriver({
      builtin: () => undefined,
      installed: async () => installed,
    })

    expect(withOwn).toBe(own)
    expect(without).toBe(installed)
  })

  it('says what to install when there is none', async () => {
    const looking = loadSqliteDriver({
      builtin: () => undefined,
      installed: () => Promise.reject(new Error('Cannot find package')),
    })

    await expect(looking).rejects.toMatchObject({
      code: 'KV_DRIVER_MISSING',
      message: expect.stringContaining('npm install @photostructure/sqlite'),
    })
  })
})
