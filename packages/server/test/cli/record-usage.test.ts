import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StringSet } from 'kvasir'
import { describe, expect, it } from 'vitest'
import { contentsOf, kvasir, newDataDirectory } from './command-harness.ts'
import { openStage } from './record-harness.ts'

const kept = { n: 1, list: ['a'], tags: new StringSet(['a']) }

describe('kvasir record refuses', () => {
  it.each<[what: string, words: string[], says: string]>([
    ['a field without =', ['put', 'it', 'name'], 'Field 1 is not of the form'],
    ['a field without a name', ['put', 'it', 'a=1', '=x'], 'Field 2 is not of the form'],
    ['a field without a name', ['put', 'it', ':=1'], 'name=text or name:=json'],
    ['a field twice', ['put', 'it', 'a=1', 'a:=2'], 'Field "a" is given twice'],
    ['a field that is no JSON', ['patch', 'it', 'a:=Ada'], 'Field "a" is not JSON'],
    ['a field of nothing', ['patch', 'it', 'a:='], 'Field "a" is not JSON'],
    ['two records', ['put', 'it', '{}', 'a=1'], 'one record as JSON'],
    ['a record that is cut off', ['put', 'it', '{"a":1'], 'The record is not JSON'],
    ['fields and a file', ['put', 'it', 'a=1', '--file', 'f'], 'not both'],
    ['a missing file', ['put', 'it', '--file', '/does/not/exist'], 'cannot be read'],
    ['a field to set and remove', ['patch', 'it', 'a=1', '--unset', 'b,a'], 'Field "a"'],
    ['a TTL without a unit', ['put', 'it', 'a=1', '--ttl', '60'], 'KV_INVALID_TTL'],
    ['a TTL of none for a new record', ['put', 'it', 'a=1', '--ttl', 'none'], 'KV_INVALID_TTL'],
    ['a TTL of nothing', ['patch', 'it', 'a=1', '--ttl', '0s'], 'KV_INVALID_TTL'],
    ['an amount that is no number', ['incr', 'it', 'n', 'two'], 'amount takes a finite number'],
    ['an amount that is hexadecimal', ['incr', 'it', 'n', '0x10'], 'amount takes a finite'],
    ['an infinite amount', ['incr', 'it', 'n', '1e999'], 'amount takes a finite number'],
    ['a count that is no number', ['shift', 'it', 'list', 'all'], 'count takes a whole number'],
    ['a negative count', ['shift', 'it', 'list', '-1'], 'count takes a whole number'],
    ['half a count', ['peek', 'it', 'list', '0.5'], 'count takes a whole number'],
    ['values that are no JSON', ['append', 'it', 'list', '--type', 'json', '1', 'x'], 'Value 2'],
    ['no values', ['append', 'it', 'list'], "'values'"],
    ['no members', ['add', 'it', 'tags'], "'members'"],
    ['members that are no numbers', ['add', 'it', 'x', '--type', 'number', '1', 'b'], 'a member'],
    ['an unknown type', ['add', 'it', 'tags', 'b', '--type', 'text'], 'string, number'],
    ['the other type of set', ['add', 'it', 'tags', '1', '--type', 'number'], 'a StringSet'],
    ['an unknown type of values', ['append', 'it', 'list', 'b', '--type', 'set'], 'text, json'],
    ['a bucket', ['get', 'it', '--bucket', 'orders'], '--bucket'],
    ['an empty key', ['put', '', 'a=1'], 'KV_INVALID_KEY'],
  ])('%s with 2, and writes nothing: %j', async (_, words, says) => {
    const { data, run } = await openStage({ it: kept })
    const before = await contentsOf(data)

    const ended = await run(words)

    expect(ended).toMatchObject({ exitCode: 2, stdout: '' })
    expect(ended.stderr).toContain(says)
    expect(await contentsOf(data)).toEqual(before)
  })

  it.each([['[1]'], ['"text"'], ['7'], ['null'], [''], ['{"a":']])(
    'what is no record on standard input: %j',
    async (stdin) => {
      const { data, run } = await openStage({ it: kept })
      const before = await contentsOf(data)

      const put = await run(['put', 'it'], { stdin })
      const patch = await run(['patch', 'it'], { stdin })

      for (const ended of [put, patch]) {
        expect(ended).toMatchObject({ exitCode: 2, stdout: '' })
        expect(ended.stderr).toContain('KV_INVALID_VALUE')
      }
      expect(await contentsOf(data)).toEqual(before)
    },
  )

  it('to repeat a value in an error', async () => {
    const { run } = await openStage()

    const field = await run(['put', 'it', 'pin:=x4711'])
    const value = await run(['append', 'it', 'pins', '--type', 'json', 'x4711'])
    const record = await run(['put', 'it', '{"pin":x4711}'])

    expect(field.stderr + value.stderr + record.stderr).not.toContain('4711')
  })
})

describe('kvasir record on a file', () => {
  it('reads the record from it', async () => {
    const { data, run } = await openStage()
    const file = join(data, '..', 'user.json')
    await writeFile(file, '{"name":"Ada"}')

    await run(['put', 'a', '--file', file])
    await run(['patch', 'b', '--file', file])

    expect((await run(['get', 'a'])).stdout).toBe('{"name":"Ada"}\n')
    expect((await run(['get', 'b'])).stdout).toBe('{"name":"Ada"}\n')
  })
})

describe('commands on records that read', () => {
  it.each([
    [['get', 'it']],
    [['get', 'nobody']],
    [['get', 'it', 'n']],
    [['exists', 'it']],
    [['peek', 'it', 'list']],
    [['peek', 'nobody', 'list']],
    [['has', 'it', 'tags', 'a']],
    [['has', 'nobody', 'tags', 'a']],
  ])('leave the store as it is: %j', async (words) => {
    const { data, run } = await openStage({ it: kept })
    const before = await contentsOf(data)

    await run(words)

    expect(await contentsOf(data)).toEqual(before)
  })
})

describe('a directory without a store', () => {
  it.each([
    [['get', 'a']],
    [['exists', 'a']],
    [['peek', 'a', 'l']],
    [['has', 'a', 's', 'm']],
    [['del', 'a']],
    [['shift', 'a', 'l']],
    [['remove', 'a', 's', 'm']],
  ])('is refused by what can find nothing there: %j', async (words) => {
    const data = await newDataDirectory()

    const { exitCode, stderr } = await kvasir(['record', ...words, '--data', data])

    expect(exitCode).toBe(2)
    expect(stderr).toContain('There is no store')
  })

  it.each([
    [['put', 'a', 'n:=1']],
    [['patch', 'a', 'n:=1']],
    [['incr', 'a', 'n']],
    [['append', 'a', 'l', 'x']],
    [['unshift', 'a', 'l', 'x']],
    [['add', 'a', 's', 'm']],
  ])('becomes one with what stores something: %j', async (words) => {
    const data = await newDataDirectory()

    const ended = await kvasir(['record', ...words, '--data', data])
    const exists = await kvasir(['record', 'exists', 'a', '--data', data])

    expect(ended.exitCode).toBe(0)
    expect(exists.stdout).toBe('true\n')
  })
})
