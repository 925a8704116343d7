import { describe, expect, it } from 'vitest'
import { prepareAtFirstUse } from '../../src/engines/sqlite/prepare-at-first-use.ts'

describe('a statement', () => {
  it('is prepared when it is first asked for, once', () => {
    const prepared: string[] = []
    const prepare = (name: string) => () => {
      prepared.push(name)
      return { name }
    }

    const statements = prepareAtFirstUse({ read: prepare('read'), write: prepare('write') })

    expect(prepared).toEqual([])
    expect(statements.read).toBe(statements.read)
    expect(prepared).toEqual(['read'])
  })

  it('is prepared for the next caller, when it could not be for one', () => {
    let attempts = 0
    const statements = prepareAtFirstUse({
      read: () => {
        attempts++
        if (attempts === 1) throw new Error('locked')
        return 'prepared'
      },
    })

    expect(() => statements.read).toThrow('locked')
    expect(statements.read).toBe('prepared')
  })
})
