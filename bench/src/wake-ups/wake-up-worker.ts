// One of two processes on one directory: it watches, or it writes what the other one is to see.

import { openStore } from 'kvasir'
import { answerRequests } from '../answer-requests.ts'
import { bucketNames, type WakeUpAnswer, type WakeUpRequest } from './wake-up-protocol.ts'

/** Of the clock that all processes of the machine share. */
const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6

let store: Awaited<ReturnType<typeof openStore>> | undefined
const latenciesMs: number[] = []
let onSeen: () => void = () => undefined

answerRequests<WakeUpRequest, WakeUpAnswer>(async (request) => {
  switch (request.kind) {
    case 'open':
      store = await openStore(request.directory)
      return undefined
    case 'watch':
      for (const name of bucketNames(request.watches)) await watch(name)
      return undefined
    case 'write':
      return write(request)
    case 'idle':
      return { idleCpu: await idleCpu(request.ms) }
    case 'seen':
      return seen(request.count)
  }
})

function opened() {
  if (!store) throw new Error('The store is not open.')
  return store
}

async function watch(name: string): Promise<void> {
  const bucket = await opened().project().createBucket(name)
  const changes = bucket.watch()
  await changes.ready
  // It ends with the process, which it takes along when it fails.
  void (async () => {
    for await (const event of changes) {
      if (event.kind !== 'put') continue
      latenciesMs.push(nowMs() - Number(event.entry.value))
      onSeen()
    }
  })()
}

/** One change after the other, at uneven times, to one bucket after the other. */
async function write({ count, watches, pauseMs }: WakeUpRequest & { kind: 'write' }) {
  const names = bucketNames(watches)
  for (let number = 0; number < count; number++) {
    const bucket = await opened()
      .project()
      .bucket(names[number % watches] ?? '')
    await bucket.put(`key${number}`, String(nowMs()))
    await sleep(pauseMs * (0.5 + ((number * 0.618) % 1)))
  }
  return undefined
}

/** What the watches have told, once they have told of so many changes. */
async function seen(count: number): Promise<WakeUpAnswer> {
  while (latenciesMs.length < count) {
    await new Promise<void>((resolve) => {
      onSeen = resolve
    })
  }
  return { latenciesMs }
}

async function idleCpu(ms: number): Promise<number> {
  const before = process.cpuUsage()
  const begin = nowMs()
  await sleep(ms)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000 / (nowMs() - begin)
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
