import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { importPeer } from '../../peers/import-peer.ts'
import { say } from '../progress.ts'

/** What makes requests over 64 kept connections, and counts the answers. */
export interface Loader {
  readonly name: string
  /** Answers requests a second. */
  run(load: Load): Promise<number>
}

export interface Load {
  /** What stands before each key in an address. */
  readonly url: string
  readonly keys: readonly string[]
  readonly seconds: number
}

const connections = 64

/** wrk, which takes hardly anything from the server; autocannon where there is none. */
export function findLoader(): Loader {
  const { stdout, stderr } = spawnSync('wrk', ['-v'], { encoding: 'utf8' })
  const version = /wrk \S+/.exec(`${stdout}${stderr}`)?.[0]
  if (version !== undefined) return { name: version, run: runWrk }
  say("there is no wrk (Debian's package wrk): autocannon makes the requests, which takes longer")
  return { name: 'autocannon', run: runAutocannon }
}

async function runWrk({ url, keys, seconds }: Load): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'kvasir-bench-'))
  try {
    const script = join(directory, 'keys.lua')
    writeFileSync(script, scriptOf(url, keys))
    const flags = ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, new URL(url).origin]
    const { stdout } = await promisify(execFile)('wrk', flags)
    const rate = Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1])
    if (/Non-2xx|Socket errors/.test(stdout) || !(rate > 0)) {
      throw new Error(`wrk was not answered well: ${stdout.slice(-400)}`)
    }
    return rate
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Each request asks for the next key. The texts are made before the time runs. */
function scriptOf(url: string, keys: readonly string[]): string {
  const { pathname, search } = new URL(url)
  return `
local requests = {}
local number = 0
function init()
  for _, key in ipairs({ ${keys.map((key) => JSON.stringify(key)).join(', ')} }) do
    requests[#requests + 1] = wrk.format('GET', '${pathname}${search}' .. key)
  end
end
function request()
  number = number % #requests + 1
  return requests[number]
end
`
}

type Autocannon = (options: {
  readonly url: string
  readonly connections: number
  readonly duration: number
  readonly requests: readonly { readonly path: string }[]
}) => Promise<{
  readonly requests: { readonly average: number }
  readonly non2xx: number
  readonly errors: number
}>

async function runAutocannon({ url, keys, seconds }: Load): Promise<number> {
  const { default: autocannon } = await importPeer<{ readonly default: Autocannon }>('autocannon')
  const { origin, pathname, search } = new URL(url)
  const asked = keys.map((key) => ({ path: `${pathname}${search}${key}` }))
  const { requests, non2xx, errors } = await autocannon({
    url: origin,
    connections,
    duration: seconds,
    requests: asked,
  })
  if (non2xx + errors > 0) throw new Error(`autocannon was not answered ${non2xx + errors} times`)
  return requests.average
}
