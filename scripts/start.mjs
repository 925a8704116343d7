// `npm start`: installs and builds what is missing, then serves a store kept in .kvasir/, and says
// how to talk to it. JavaScript, because it is the first thing that runs in a fresh clone. The npm
// script says `exec`, because a shell in between would die of a signal and not pass it on.

import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build, install } from './bootstrap.mjs'

const repository = dirname(dirname(fileURLToPath(import.meta.url)))
const home = join(repository, '.kvasir')
const data = join(home, 'data')
const tokenFile = join(home, 'token')
const cli = join(repository, 'packages/server/dist/cli/main.js')

const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: process.env.PORT ?? '7450' },
    host: { type: 'string', default: '127.0.0.1' },
  },
})

install()
build()
mkdirSync(home, { recursive: true, mode: 0o700 })
serve(readToken() ?? createToken())

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

function serve(token) {
  const where = ['--data', data, '--host', options.host, '--port', options.port]
  const server = spawn(process.execPath, [cli, 'serve', ...where], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
    process.on(signal, () => passOn(signal, server))
  }
  server.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (signal === 'SIGINT' ? 2 : 15)
  })

  let isReady = false
  createInterface({ input: server.stdout }).on('line', (line) => {
    process.stdout.write(`${line}\n`)
    const url = /listening on (https?:\/\/\S+)/.exec(line)?.[1]
    if (url === undefined || isReady) return
    isReady = true
    welcome(url.replace(/\/$/, ''), token)
  })
}

function passOn(signal, server) {
  // A terminal sends Ctrl-C to the server as well, and a second one would cut its goodbye short.
  if (signal === 'SIGINT' && process.stdin.isTTY) return
  server.kill(signal)
}

function welcome(url, token) {
  const key = `${url}/v1/buckets/default/keys/greeting`
  const auth = `-H 'Authorization: Bearer ${token}'`
  process.stdout.write(`
  Kvasir serves ${data}
  at            ${url}
  with token    ${token}

  Store a value:   curl -X PUT ${key} ${auth} --json '"hello"'
  Read it back:    curl ${key} ${auth}
  Delete it:       curl -X DELETE ${key} ${auth}

  Ctrl-C stops the server; the data stays in .kvasir/.
`)
}
