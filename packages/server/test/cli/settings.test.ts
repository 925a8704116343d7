import { Command, Option } from 'commander'
import { describe, expect, it } from 'vitest'
import { listenPlaces } from '../../src/config/listen-places.ts'
import { chooseLocation } from '../../src/config/location.ts'
import { type Given, readSettings, toOptionName } from '../../src/config/setting.ts'
import { serveSettings, storeSettings } from '../../src/config/settings.ts'
import { cacheBytesMax } from '../../src/limits/server-limits.ts'

const declared = { ...storeSettings, ...serveSettings }

function given(argv: readonly string[], env: Given['env'] = {}): Given {
  const command = new Command().exitOverride().configureOutput({ outputError: () => undefined })
  for (const { flag, help } of Object.values(declared)) command.option(flag, help)
  return { options: command.parse([...argv], { from: 'user' }).opts(), env }
}

describe('settings read from the command line and the environment', () => {
  it.each([
    { argv: [], env: {}, config: { graceMs: 8000, unixSocketMode: 0o600 } },
    { argv: [], env: {}, config: { project: 'default', bucket: 'default', durability: 'durable' } },
    { argv: [], env: {}, config: { data: undefined, url: undefined, token: undefined } },
    { argv: ['--port', '0'], env: {}, config: { port: 0 } },
    { argv: ['--port', '65535'], env: {}, config: { port: 65_535 } },
    { argv: [], env: { KVASIR_PORT: '8080' }, config: { port: 8080 } },
    { argv: ['--port', '9090'], env: { KVASIR_PORT: '8080' }, config: { port: 9090 } },
    { argv: [], env: { KVASIR_PORT: '' }, config: { port: undefined } },
    { argv: ['--port', '9090'], env: { KVASIR_PORT: 'nonsense' }, config: { port: 9090 } },
    { argv: ['--host', '::1'], env: {}, config: { host: '::1' } },
    { argv: [], env: { KVASIR_HOST: '0.0.0.0' }, config: { host: '0.0.0.0' } },
    { argv: ['--unix-socket', 's'], env: {}, config: { unixSocket: 's' } },
    { argv: [], env: { KVASIR_UNIX_SOCKET: 's' }, config: { unixSocket: 's' } },
    { argv: ['--unix-socket-mode', '0660'], env: {}, config: { unixSocketMode: 0o660 } },
    { argv: [], env: { KVASIR_URL: 'unix:/run/kv' }, config: { url: 'unix:/run/kv' } },
    { argv: ['--data', 'd'], env: {}, config: { data: 'd' } },
    { argv: ['--data', 'memory:'], env: {}, config: { data: 'memory:' } },
    { argv: [], env: { KVASIR_DATA: '/var/kv' }, config: { data: '/var/kv' } },
    { argv: [], env: { KVASIR_URL: 'https://kv' }, config: { url: 'https://kv' } },
    { argv: [], env: { KVASIR_TOKEN: 'secret' }, config: { token: 'secret' } },
    { argv: ['--token-file', 'f'], env: {}, config: { tokenFile: 'f' } },
    { argv: [], env: { KVASIR_TOKEN_FILE: 'f' }, config: { tokenFile: 'f' } },
    { argv: [], env: { KVASIR_PROJECT: 'shop' }, config: { project: 'shop' } },
    { argv: [], env: { KVASIR_BUCKET: 'cache' }, config: { bucket: 'cache' } },
    { argv: [], env: { KVASIR_DURABILITY: 'relaxed' }, config: { durability: 'relaxed' } },
    { argv: ['--grace', '1.5s'], env: {}, config: { graceMs: 1500 } },
    { argv: [], env: {}, config: { cacheBytes: undefined } },
    { argv: ['--cache-bytes', '0'], env: {}, config: { cacheBytes: 0 } },
    { argv: [], env: { KVASIR_CACHE_BYTES: '1000000' }, config: { cacheBytes: 1_000_000 } },
    {
      argv: ['--cache-bytes', `${cacheBytesMax}`],
      env: {},
      config: { cacheBytes: cacheBytesMax },
    },
    { argv: [], env: { KVASIR_GRACE: '2m' }, config: { graceMs: 120_000 } },
  ])('takes $argv with $env as $config', ({ argv, env, config }) => {
    expect(readSettings(declared, given(argv, env))).toMatchObject(config)
  })

  it.each([
    { argv: ['--port', '65536'], env: {}, names: '--port' },
    { argv: ['--port=-1'], env: {}, names: '--port' },
    { argv: ['--port', '80.5'], env: {}, names: '--port' },
    { argv: [], env: { KVASIR_PORT: 'http' }, names: 'KVASIR_PORT' },
    { argv: ['--unix-socket-mode', '888'], env: {}, names: '--unix-socket-mode' },
    { argv: ['--unix-socket-mode', '6'], env: {}, names: '--unix-socket-mode' },
    { argv: ['--url', 'unix:'], env: {}, names: '--url' },
    { argv: ['--data', 'https://kv'], env: {}, names: '--url' },
    { argv: ['--data', ''], env: {}, names: '--data' },
    { argv: ['--url', './data'], env: {}, names: '--url' },
    { argv: [], env: { KVASIR_URL: 'ftp://kv' }, names: 'KVASIR_URL' },
    { argv: ['--durability', 'sure'], env: {}, names: 'durable, relaxed' },
    { argv: ['--cache-bytes', '1mb'], env: {}, names: '--cache-bytes' },
    {
      argv: ['--cache-bytes', `${cacheBytesMax + 1}`],
      env: {},
      names: `--cache-bytes takes ${cacheBytesMax} at most`,
    },
    {
      argv: [],
      env: { KVASIR_CACHE_BYTES: `${2 ** 50}` },
      names: `KVASIR_CACHE_BYTES takes ${cacheBytesMax} at most`,
    },
    { argv: ['--grace', '10'], env: {}, names: '--grace' },
    { argv: ['--grace', '0s'], env: {}, names: '--grace' },
    { argv: ['--grace', '9999999999999w'], env: {}, names: '--grace' },
  ])('refuses $argv with $env, naming $names', ({ argv, env, names }) => {
    const read = () => readSettings(declared, given(argv, env))

    expect(read).toThrow(names)
  })

  it.each([
    ['--url', 'ftp://user:secret@kv'],
    ['--url', 'http://user:secret@kv'],
    ['--data', 'http://user:secret@kv'],
    ['--token', 'secret token'],
    ['--token', 'secret\n'],
  ])('does not repeat what may be a secret: %s %j', (flag, text) => {
    const read = () => readSettings(declared, given([flag, text]))

    expect(read).toThrow(flag)
    expect(read).not.toThrow('secret')
  })

  it('knows options by the names that commander gives them', () => {
    const flags = [...Object.values(declared).map(({ flag }) => flag), '--no-auth', '--if-revision']

    for (const flag of flags) {
      const [name = ''] = flag.split(' ')
      expect(toOptionName(name)).toBe(new Option(flag).attributeName())
    }
  })
})

describe('where a server listens', () => {
  const onPort = { host: '127.0.0.1', port: 7450 }
  const unixSocket = { path: 's', mode: 0o600 }

  it.each([
    { argv: [], env: {}, places: onPort },
    { argv: ['--unix-socket', 's'], env: {}, places: { unixSocket } },
    {
      argv: ['--unix-socket', 's', '--host', '127.0.0.1'],
      env: {},
      places: { ...onPort, unixSocket },
    },
    {
      argv: ['--unix-socket', 's'],
      env: { KVASIR_PORT: '7450' },
      places: { ...onPort, unixSocket },
    },
    { argv: ['--port', '0'], env: {}, places: { host: '127.0.0.1', port: 0 } },
  ])('is $places for $argv with $env', ({ argv, env, places }) => {
    expect(listenPlaces(readSettings(declared, given(argv, env)))).toEqual(places)
  })
})

describe('the place of the store', () => {
  const choose = (argv: readonly string[], env: Given['env'] = {}) => {
    const from = given(argv, env)
    return chooseLocation(readSettings(storeSettings, from), from)
  }

  it.each([
    { argv: ['--data', 'd'], env: {}, location: { kind: 'data', directory: 'd' } },
    { argv: ['--url', 'http://h'], env: {}, location: { kind: 'url', url: 'http://h' } },
    { argv: [], env: { KVASIR_DATA: 'd' }, location: { kind: 'data', directory: 'd' } },
    { argv: [], env: { KVASIR_URL: 'http://h' }, location: { kind: 'url', url: 'http://h' } },
    {
      argv: ['--data', 'd'],
      env: { KVASIR_URL: 'http://h' },
      location: { kind: 'data', directory: 'd' },
    },
    {
      argv: ['--url', 'http://h'],
      env: { KVASIR_DATA: 'd' },
      location: { kind: 'url', url: 'http://h' },
    },
  ])('is $location for $argv with $env', ({ argv, env, location }) => {
    expect(choose(argv, env)).toEqual(location)
  })

  it.each([
    { argv: [], env: {}, says: 'Say where the store is' },
    { argv: ['--data', 'd', '--url', 'http://h'], env: {}, says: 'not both' },
    { argv: [], env: { KVASIR_DATA: 'd', KVASIR_URL: 'http://h' }, says: 'both set' },
  ])('is refused for $argv with $env', ({ argv, env, says }) => {
    expect(() => choose(argv, env)).toThrow(says)
  })
})
