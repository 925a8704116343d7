/** A server in a process of its own, which tells what it is asked over the process channel. */
import { AnswerBudget, createApp, createSockets, type Grant, startServer } from '@kvasir/server'
import { openEngine } from 'kvasir/engine'
import { EndlessAnswers } from './endless-answers.ts'
import { withGreedyStreams } from './greedy-streams.ts'
import type { WorkerAnswer, WorkerOptions, WorkerQuestion } from './served-process.ts'

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

function answer(question: WorkerQuestion): WorkerAnswer {
  if (question === 'url') return { url }
  // Twice, because what the first round finishes only the second one frees.
  for (let round = 0; question === 'memory' && round < 2; round++) globalThis.gc?.()
  const { rss, heapUsed, external } = process.memoryUsage()
  // Array buffers are a part of what is external.
  return { rssBytes: rss, usedBytes: heapUsed + external }
}

process.on('message', (question: WorkerQuestion) => process.send?.(answer(question)))
process.once('disconnect', () => process.exit(0))
