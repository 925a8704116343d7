// `npm start`: installs and builds what is missing, then serves a store kept in .kvasir/ and the
// functions of examples/functions over the same data, and says how to talk to both. JavaScript,
// because it is the first thing that runs in a fresh clone. The npm script says `exec`, because a
// shell in between would die of a signal and not pass it on.

import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build, install } from './bootstrap.mjs'

const repository = dirname(dirname(fileURLToPath(import.meta.url)))
const cli = join(repository, 'packages/server/dist/cli/main.js')
const functions = join(repository, 'examples/functions')

const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: process.env.PORT ?? '7450' },
    'functions-port': { type: 'string', default: '7460' },
    host: { type: 'string', default: '127.0.0.1' },
    home: { type: 'string', default: join(repository, '.kvasir') },
  },
})
const home = resolve(options.home)
const data = join(home, 'data')
const tokenFile = join(home, 'token')

/** The processes that run. */
const running = new Set()
let isStopping = false

install()
build()
mkdirSync(home, { recursive: true, mode: 0o700 })
const token = readToken() ?? createToken()
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => passOn(signal))
serve()

/** The token of an earlier start. It is stored hashed with the data, so it lives and dies with it. */
function readToken() {
  return existsSync(data) && existsSync(tokenFile)
    ? readFileSync(tokenFile, 'utf8').trim()
    : undefined
}

function createToken() {
  const scope = ['--project', 'default', '--scopes', 'read,write,admin']
  const { status, stdout } = spawnSync(
    process.execPath,
    [cli, 'token', 'create', '--data', data, ...scope],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  )
  if (status !== 0) process.exit(status ?? 1)
  writeFileSync(tokenFile, stdout, { mode: 0o600 })
  return stdout.trim()
}

/**
 * The two share a directory, each with the engine in its own process, rather than functions asking
 * the server: so a `kv.get` of a function takes microseconds, and neither needs the other.
 */
function serve() {
  const where = ['--data', data, '--host', options.host]
  const api = run(['serve', ...where, '--port', options.port])
  void api.then((url) => process.stdout.write(`listening on ${url}\n`))
  const host = run(['functions', functions, ...where, '--port', options['functions-port']])
  // When one of them does not come to that, it has said why, and this process ends.
  void Promise.all([api, host]).then(([apiUrl, functionsUrl]) => welcome(apiUrl, functionsUrl))
}

/** Starts one of the two; resolves with its address once it listens. When one ends, both do. */
function run(args) {
  const child = spawn(process.execPath, [cli, ...args], {
    // What asks to change a feature flag in the example has the same token as the API.
    env: { ...process.env, FLAGS_TOKEN: token },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  running.add(child)
  let url
  child.on('exit', (code, signal) => {
    running.delete(child)
    process.exitCode ||= code ?? 128 + (signal === 'SIGINT' ? 2 : 15)
    // To be told a second time would cut the other's goodbye short.
    if (isStopping) return
    isStopping = true
    for (const other of running) other.kill('SIGTERM')
    if (url !== undefined) return
    say(`"kvasir ${args[0]}" did not start; its reason is above. Ports are chosen like this:`)
    say('npm start -- --port 8450 --functions-port 8460')
  })
  return new Promise((listens) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [, found] = /^listening on (https?:\/\/\S+?)\/?$/.exec(line) ?? []
      if (found === undefined || url !== undefined) process.stdout.write(`${line}\n`)
      else {
        url = found
        listens(url)
      }
    })
  })
}

function passOn(signal) {
  isStopping = true
  // A terminal sends Ctrl-C to both as well, and a second one would cut their goodbyes short.
  if (signal === 'SIGINT' && process.stdin.isTTY) return
  for (const child of running) child.kill(signal)
}

function say(words) {
  process.stderr.write(`kvasir: ${words}\n`)
}

function welcome(url, functionsUrl) {
  const key = `${url}/v1/buckets/default/keys/greeting`
  const auth = `-H 'Authorization: Bearer ${token}'`
  process.stdout.write(`
  Kvasir serves ${data}
  API           ${url}
  with token    ${token}
  functions     ${functionsUrl}

  Store a value:   curl -X PUT ${key} ${auth} --json '"hello"'
  Read it back:    curl ${key} ${auth}
  Delete it:       curl -X DELETE ${key} ${auth}

  A function:      curl ${functionsUrl}/
  Its data:        curl ${url}/v1/buckets/default/keys/visits ${auth}

  The functions are the files in examples/functions: change one, and it is served.
  Ctrl-C stops both; the data stays in ${home}.
`)
}
