/** A server in a process of its own, which tells what it is asked over the process channel. */
import { setTimeout as sleep } from 'node:timers/promises'
import { AnswerBudget, createApp, createSockets, type Grant, startServer } from '@kvasir/server'
import { openEngine } from 'kvasir/engine'
import { EndlessAnswers } from './endless-answers.ts'
import { withGreedyStreams } from './greedy-streams.ts'
import type { Memory, WorkerAnswer, WorkerOptions, WorkerQuestion } from './served-process.ts'

/** The least of several counts: what garbage or the allocator add differs from one to the next. */
const measurements = 5
const betweenMs = 100

const given: WorkerOptions = JSON.parse(process.argv[2] ?? '{}')
const known = new Map<string, Grant>(Object.entries(given.tokens))

const engine = await openEngine(given.directory, { durability: 'relaxed' })
const common = {
  engine,
  verifyToken: async (token: string) => known.get(token),
  answers: given.hasEndlessAnswers ? new EndlessAnswers() : new AnswerBudget(),
}
const { timeouts, hasGreedyStreams } = given
const app = createApp(common)
const { url } = await startServer({
  app: hasGreedyStreams ? withGreedyStreams(app) : app,
  sockets: createSockets({
    ...common,
    ...(timeouts?.headersMs !== undefined && { helloMs: timeouts.headersMs }),
  }),
  host: '127.0.0.1',
  port: 0,
  ...(timeouts && { timeouts }),
})

async function answer(question: WorkerQuestion): Promise<WorkerAnswer> {
  if (question === 'url') return { url }
  if (question === 'peak') return measureMemory()
  const measured: Memory[] = []
  for (let round = 0; round < measurements; round++) {
    globalThis.gc?.()
    // What a round has finished, only the next one frees; and pages go back in the background.
    await sleep(betweenMs)
    measured.push(measureMemory())
  }
  return {
    rssBytes: Math.min(...measured.map(({ rssBytes }) => rssBytes)),
    usedBytes: Math.min(...measured.map(({ usedBytes }) => usedBytes)),
  }
}

function measureMemory(): Memory {
  const { rss, heapUsed, external } = process.memoryUsage()
  // Array buffers are a part of what is external.
  return { rssBytes: rss, usedBytes: heapUsed + external }
}

process.on('message', (question: WorkerQuestion) => {
  void answer(question).then((told) => process.send?.(told)) // A failure ends the process.
})
process.once('disconnect', () => process.exit(0))
