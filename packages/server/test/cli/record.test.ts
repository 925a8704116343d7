import { NumberSet, openStore, StringSet } from 'kvasir'
import { describe, expect, it } from 'vitest'
import { openStage, type Way } from './record-harness.ts'

const ada = { name: 'Ada', age: 36 }

/** What the directory holds under the key, and how long it will. */
async function stored(data: string, key: string) {
  await using store = await openStore(data, { durability: 'relaxed' })
  const entry = await store.project().kv().getEntry(key)
  const ttlMs = entry?.expiresAt === undefined ? undefined : entry.expiresAt - entry.updatedAt
  return { value: entry?.value, ttlMs }
}

function printed(...lines: string[]) {
  return { exitCode: 0, stdout: lines.map((line) => `${line}\n`).join(''), stderr: '' }
}

describe.each<Way>(['--data', '--url'])('kvasir record with %s', (way) => {
  it('puts, patches, gets and deletes a record', async () => {
    const { run } = await openStage({}, way)

    expect(await run(['put', 'ada', 'name=Ada', 'age:=35'])).toEqual(printed('{}'))
    expect(await run(['patch', 'ada', 'age:=36'])).toEqual(printed('{"name":"Ada","age":35}'))
    expect(await run(['get', 'ada'])).toEqual(printed('{"name":"Ada","age":36}'))
    expect(await run(['get', 'ada', 'age', 'no'])).toEqual(printed('{"age":36}'))
    expect(await run(['del', 'ada', 'age', 'no'])).toEqual(printed('{"age":36}'))
    expect(await run(['del', 'ada'])).toEqual(printed('{"name":"Ada"}'))
    expect(await run(['get', 'ada'])).toEqual(printed('{}'))
  })

  it('counts, and works on lists and sets', async () => {
    const { run } = await openStage({}, way)

    expect(await run(['incr', 'it', 'n'])).toEqual(printed('1'))
    expect(await run(['incr', 'it', 'n', '-2.5'])).toEqual(printed('-1.5'))
    expect(await run(['append', 'it', 'list', 'b', 'c'])).toEqual(printed())
    expect(await run(['unshift', 'it', 'list', 'a'])).toEqual(printed())
    expect(await run(['peek', 'it', 'list'])).toEqual(printed('a'))
    expect(await run(['shift', 'it', 'list', '2'])).toEqual(printed('a', 'b'))
    expect(await run(['add', 'it', 'tags', 'x', 'y', 'x'])).toEqual(printed('2'))
    expect(await run(['has', 'it', 'tags', 'x'])).toEqual(printed('true'))
    expect(await run(['remove', 'it', 'tags', 'x', 'z'])).toEqual(printed('1'))
    expect(await run(['get', 'it'])).toEqual(printed('{"n":-1.5,"list":["c"],"tags":["y"]}'))
  })

  it('prints JSON documents with --json', async () => {
    const { json } = await openStage({ ada }, way)

    expect(await json('get', 'ada')).toEqual({ key: 'ada', record: ada })
    expect(await json('put', 'ada', 'n:=1')).toEqual({ key: 'ada', previous: ada })
    expect(await json('patch', 'ada', 'm:=2')).toEqual({ key: 'ada', previous: { n: 1 } })
    expect(await json('del', 'ada', 'm')).toEqual({ key: 'ada', deleted: { m: 2 } })
    expect(await json('exists', 'ada')).toEqual({ key: 'ada', exists: true })
    const list = { key: 'ada', field: 'list' }
    expect(await json('incr', 'ada', 'n')).toEqual({ key: 'ada', field: 'n', number: 2 })
    expect(await json('append', 'ada', 'list', 'a', 'b')).toEqual({ ...list, added: 2 })
    expect(await json('unshift', 'ada', 'list', '1')).toEqual({ ...list, added: 1 })
    expect(await json('peek', 'ada', 'list', '2')).toEqual({ ...list, elements: ['1', 'a'] })
    expect(await json('shift', 'ada', 'list')).toEqual({ ...list, elements: ['1'] })
    const ids = { key: 'ada', field: 'ids' }
    const numbers = ['--type', 'number', 'ada', 'ids']
    expect(await json('add', ...numbers, '1', '2', '1')).toEqual({ ...ids, added: [1, 2] })
    expect(await json('has', ...numbers, '1', '3')).toEqual({ ...ids, has: false, present: [1] })
    expect(await json('remove', ...numbers, '1', '3')).toEqual({ ...ids, removed: [1] })
  })

  it('ends with the exit code of the failure, and says what was found', async () => {
    const { run } = await openStage({ text: 'hello', ada }, way)

    const noRecord = await run(['get', 'text'])
    const noList = await run(['append', 'ada', 'name', 'x'])

    expect(noRecord).toMatchObject({ exitCode: 2, stdout: '' })
    expect(noRecord.stderr).toMatch(/^kvasir: Key "text" holds a string.* \(KV_WRONG_TYPE\)\n$/)
    expect(noList).toMatchObject({ exitCode: 2, stdout: '' })
    expect(noList.stderr).toContain('Field "name" of key "ada" is a string')
  })
})

describe('the fields of kvasir record put and patch', () => {
  it.each([
    [['name=Ada'], { name: 'Ada' }],
    [['n:=36', 'ok:=true', 'none:=null'], { n: 36, ok: true, none: null }],
    [['n=36', 'ok=true', 'none='], { n: '36', ok: 'true', none: '' }],
    [['list:=[1,"a"]', 'deep:={"a":{"b":1}}'], { list: [1, 'a'], deep: { a: { b: 1 } } }],
    [
      ['equation=a=b:=c', 'a:b=c', 'url=http://h/?q=1'],
      { equation: 'a=b:=c', 'a:b': 'c', url: 'http://h/?q=1' },
    ],
    [['sp ace=two\nlines', 'ü🙂=é'], { 'sp ace': 'two\nlines', 'ü🙂': 'é' }],
    [['{"a=b":{"c":[1]}}'], { 'a=b': { c: [1] } }],
    [['{}'], {}],
  ])('are text after = and JSON after :=, or one whole record: %j', async (fields, record) => {
    const { data, run } = await openStage()

    const put = await run(['put', 'a', ...fields])
    const patch = await run(['patch', 'b', ...fields])

    expect([put.stderr, patch.stderr]).toEqual(['', ''])
    expect((await stored(data, 'a')).value).toEqual(record)
    expect((await stored(data, 'b')).value).toEqual(record)
  })

  it('may be called __proto__', async () => {
    const { run } = await openStage()

    await run(['put', 'a', '__proto__=x', 'b:={"__proto__":1}'])
    await run(['append', 'l', '__proto__', 'x'])

    expect(await run(['get', 'a'])).toEqual(printed('{"__proto__":"x","b":{"__proto__":1}}'))
    expect(await run(['shift', 'l', '__proto__'])).toEqual(printed('x'))
  })

  it('come from standard input as JSON when there are none', async () => {
    const { data, run } = await openStage({ b: { old: 1 } })
    const stdin = '{"name": "Ada",\n "age": 36}\n'

    await run(['put', 'a'], { stdin })
    await run(['patch', 'b'], { stdin })

    expect((await stored(data, 'a')).value).toEqual(ada)
    expect((await stored(data, 'b')).value).toEqual({ old: 1, ...ada })
  })

  it('may stand after -- when they begin with a dash', async () => {
    const { run } = await openStage()

    await run(['put', 'a', '--', '--json=x'])

    expect(await run(['get', 'a'])).toEqual(printed('{"--json":"x"}'))
  })
})

describe('kvasir record put', () => {
  it('replaces the record with its TTL', async () => {
    const { data, run } = await openStage()

    await run(['put', 'a', 'n:=1', '--ttl', '90s'])
    const first = await stored(data, 'a')
    await run(['put', 'a', 'm:=2'])

    expect(first).toEqual({ value: { n: 1 }, ttlMs: 90_000 })
    expect(await stored(data, 'a')).toEqual({ value: { m: 2 }, ttlMs: undefined })
  })

  it('replaces what is no record, and prints {} for it', async () => {
    const { run } = await openStage({ a: [1, 2] })

    expect(await run(['put', 'a', 'n:=1'])).toEqual(printed('{}'))
  })

  it('prints the record from before over several lines on a terminal', async () => {
    const { run } = await openStage({ ada })

    const { stdout } = await run(['put', 'ada', 'n:=1'], { isTTY: true })

    expect(stdout).toBe('{\n  "name": "Ada",\n  "age": 36\n}\n')
  })
})

describe('kvasir record get', () => {
  it('prints nothing that could steer a terminal', async () => {
    const { run } = await openStage({ a: { 'b\u009b': 'c\u001b[31m\u2028' } })

    const { stdout } = await run(['get', 'a'])

    expect(stdout).toBe('{"b\\u009b":"c\\u001b[31m\\u2028"}\n')
  })
})

describe('kvasir record patch', () => {
  it('removes the fields of --unset in the same step, and alone sets nothing', async () => {
    const { data, run } = await openStage({ ada: { ...ada, a: 1, b: 2 } })

    await run(['patch', 'ada', 'age:=37', '--unset', 'a,no'])
    const alone = await run(['patch', 'ada', '--unset', 'b'])

    expect(alone).toEqual(printed('{"name":"Ada","age":37,"b":2}'))
    expect((await stored(data, 'ada')).value).toEqual({ name: 'Ada', age: 37 })
  })

  it.each([
    ['patch', ['n:=2']],
    ['incr', ['n']],
  ])('and its like leave the TTL, change it or remove it: %s', async (verb, words) => {
    const { data, run } = await openStage()
    await run(['put', 'a', 'n:=1', '--ttl', '10m'])
    const ttlMs = async (...option: string[]) => {
      const { exitCode } = await run([verb, 'a', ...words, ...option])
      const { ttlMs } = await stored(data, 'a')
      return [exitCode, ttlMs === undefined ? 'none' : Math.ceil(ttlMs / 60_000)]
    }

    expect(await ttlMs()).toEqual([0, 10])
    expect(await ttlMs('--ttl', '1h')).toEqual([0, 60])
    expect(await ttlMs('--ttl', 'none')).toEqual([0, 'none'])
  })
})

describe('the values of kvasir record append and unshift', () => {
  it('are text, or JSON with --type json', async () => {
    const { data, run } = await openStage()

    await run(['append', 'q', 'list', '1', 'true', 'null'])
    await run(['unshift', 'q', 'list', '--type', 'json', '1', '{"a":[null]}', '"text"'])

    const list = [1, { a: [null] }, 'text', '1', 'true', 'null']
    expect((await stored(data, 'q')).value).toEqual({ list })
  })
})

describe('kvasir record shift and peek', () => {
  it.each(['shift', 'peek'])('%s print what is no text as JSON, each on one line', async (verb) => {
    const { run } = await openStage({ q: { list: ['a\nb', { c: 1 }, null, 'plain', [2]] } })

    const ended = await run([verb, 'q', 'list', '9'])

    expect(ended).toEqual(printed('"a\\nb"', '{"c":1}', 'null', 'plain', '[2]'))
  })

  it.each(['shift', 'peek'])('%s print nothing and end with 3 when there is none', async (verb) => {
    const { json, run } = await openStage({ q: { list: [] } })
    const nothing = { exitCode: 3, stdout: '', stderr: '' }

    expect(await run([verb, 'q', 'list'])).toEqual(nothing)
    expect(await run([verb, 'q', 'no'])).toEqual(nothing)
    expect(await run([verb, 'nobody', 'list', '5'])).toEqual(nothing)
    expect(await json(verb, 'q', 'no')).toEqual({ key: 'q', field: 'no', elements: [] })
  })
})

describe('kvasir record exists and has', () => {
  it.each([
    [['exists', 'it'], 0],
    [['exists', 'text'], 0],
    [['exists', 'nobody'], 3],
    [['has', 'it', 'tags', 'a'], 0],
    [['has', 'it', 'tags', 'a', 'b', 'a'], 0],
    [['has', 'it', 'tags', 'a', 'c'], 3],
    [['has', 'it', 'no', 'a'], 3],
    [['has', 'nobody', 'tags', 'a'], 3],
    [['has', 'it', 'ids', '1', '1.0', '-2', '--type', 'number'], 0],
    [['has', 'it', 'ids', '3', '--type', 'number'], 3],
  ])('print true and end with 0, or false and 3: %j', async (words, exitCode) => {
    const sets = { tags: new StringSet(['a', 'b']), ids: new NumberSet([1, -2]) }
    const { run } = await openStage({ it: sets, text: 'x' })

    expect(await run(words)).toEqual({ exitCode, stdout: `${exitCode === 0}\n`, stderr: '' })
  })
})
