import { describe, expect, it } from 'vitest'
import { nearTo } from '../../src/dialects/flows/near-names.ts'

const names = ['kv-key-put', 'kv-keys-put', 'kv-key-get', 'kv-bucket-list']

describe('the names near a mistyped one', () => {
  it('are those that take the fewest changes, nearest first', () => {
    expect(nearTo('kv-keys-putt', names).slice(0, 2)).toEqual(['kv-keys-put', 'kv-key-put'])
    expect(nearTo('kv-bucket-lst', names)).toEqual(['kv-bucket-list'])
  })

  it('are found under another case, and with underscores', () => {
    expect(nearTo('KV_KEY_GET', names)[0]).toBe('kv-key-get')
  })

  it('are none for what is like no name', () => {
    expect(nearTo('', names)).toEqual([])
    expect(nearTo('serve', names)).toEqual([])
    expect(nearTo('kv-key-put'.repeat(100_000), names)).toEqual([])
  })
})
