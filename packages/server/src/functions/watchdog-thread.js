/**
 * The thread that watches the one of the functions; see `watchdog.ts`. It is JavaScript because a
 * thread does not get the loader that runs TypeScript from source on Node 20.
 */
import { writeSync } from 'node:fs'
import { Session } from 'node:inspector'
import { SourceMap } from 'node:module'
import { relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { workerData } from 'node:worker_threads'

/** @typedef {import('node:inspector').Debugger.Location} Location */
/** @typedef {import('node:inspector').Debugger.ScriptParsedEventDataType} Script */

const lookMs = 100
/** How long a thread may take to say where it is; within a call into the system it cannot. */
const askingMs = 1000
const framesMax = 10

/** @type {import('./watchdog.ts').WatchdogSetup} */
const { numbers, slots, root } = workerData

let heartbeat = -1
let stalledMs = 0
// Looks are counted, not the time that passed: a machine that slept has not looked.
const looking = setInterval(() => {
  const seen = Atomics.load(numbers, slots.heartbeat)
  stalledMs = seen === heartbeat ? stalledMs + lookMs : 0
  heartbeat = seen
  const allowedMs = Atomics.load(numbers, slots.timeoutMs)
  if (stalledMs < allowedMs) return
  clearInterval(looking)
  setTimeout(() => endProcess([], allowedMs), askingMs)
  askWhereItIs((frames) => endProcess(frames, allowedMs))
}, lookMs)

/**
 * Stops the other thread as a debugger does, and reads its stack.
 *
 * @param {(frames: string[]) => void} answer
 */
function askWhereItIs(answer) {
  const session = new Session()
  session.connectToMainThread()
  /** @type {Map<string, Script>} */
  const scripts = new Map()
  session.on('Debugger.scriptParsed', ({ params }) => scripts.set(params.scriptId, params))
  session.on('Debugger.paused', ({ params: { callFrames } }) => {
    const frames = callFrames.flatMap(({ location, functionName }) => {
      const script = scripts.get(location.scriptId)
      const place = script && placeOf(location, script)
      return place === undefined ? [] : [`${functionName || '(anonymous)'} (${place})`]
    })
    answer(frames.slice(0, framesMax))
  })
  session.post('Debugger.enable')
  session.post('Debugger.pause')
}

/**
 * The place in a file of the functions; `undefined` for code that is not theirs.
 *
 * @param {Location} location
 * @param {Script} script
 */
function placeOf({ lineNumber, columnNumber = 0 }, { url, sourceMapURL = '' }) {
  const file = url.startsWith('file:') ? fileURLToPath(url) : url
  if (!file.startsWith(root + sep) || file.includes(`${sep}node_modules${sep}`)) return undefined
  const name = relative(root, file)
  const [, map] = /^data:application\/json;base64,(.*)$/.exec(sourceMapURL) ?? []
  if (map === undefined) return `${name}:${lineNumber + 1}:${columnNumber + 1}`
  const payload = JSON.parse(Buffer.from(map, 'base64').toString())
  const entry = new SourceMap(payload).findEntry(lineNumber, columnNumber)
  if (!('originalLine' in entry)) return name
  return `${name}:${entry.originalLine + 1}:${entry.originalColumn + 1}`
}

/**
 * @param {string[]} frames
 * @param {number} allowedMs
 */
function endProcess(frames, allowedMs) {
  const requests = Atomics.load(numbers, slots.requests)
  const [place] = frames
  const where = place === undefined ? 'at a place that is not known' : `in ${place}`
  const happened = `a function kept the process busy for ${allowedMs} ms, ${where}`
  const follows = `the process is ended, and the ${requests} requests in it are cut`
  const { pid } = process
  const msg = `${happened}; ${follows}`
  const line = { level: 50, time: Date.now(), pid, requests, stack: frames, msg }
  // By itself: what a thread prints in the usual way goes through the one that is busy.
  writeSync(2, `${JSON.stringify(line)}\n`)
  process.kill(pid, 'SIGKILL')
}
