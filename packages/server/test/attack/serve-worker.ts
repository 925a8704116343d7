/** A server in a process of its own, which tells what it is asked over the process channel. */
import { createApp, type Grant, type StreamLimits, startServer } from '@kvasir/server'
import { openEngine } from 'kvasir/engine'
import type { WorkerAnswer, WorkerOptions, WorkerQuestion } from './served-process.ts'

const given: WorkerOptions = JSON.parse(process.argv[2] ?? '{}')
const known = new Map<string, Grant>(Object.entries(given.tokens))

const engine = await openEngine(given.directory, { durability: 'relaxed' })
const app = createApp({
  engine,
  verifyToken: async (token) => known.get(token),
  ...(given.streamLimits && { streamLimits: given.streamLimits satisfies Partial<StreamLimits> }),
})
const { url } = await startServer({
  app,
  host: '127.0.0.1',
  port: 0,
  ...(given.timeouts && { timeouts: given.timeouts }),
})

function answer(question: WorkerQuestion): WorkerAnswer {
  if (question === 'url') return { url }
  // Twice, because what the first round finishes only the second one frees.
  for (let round = 0; question === 'memory' && round < 2; round++) globalThis.gc?.()
  return { rssBytes: process.memoryUsage.rss(), heapBytes: process.memoryUsage().heapUsed }
}

process.on('message', (question: WorkerQuestion) => process.send?.(answer(question)))
process.once('disconnect', () => process.exit(0))
