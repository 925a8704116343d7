/** Loaded before a host of functions: its watchdog never starts. A planted bug. */
import { syncBuiltinESMExports } from 'node:module'
import threads from 'node:worker_threads'

const { Worker } = threads

threads.Worker = class extends Worker {
  constructor(file, options) {
    const isWatchdog = String(file).endsWith('watchdog-thread.js')
    if (isWatchdog) super('', { ...options, eval: true })
    else super(file, options)
  }
}
syncBuiltinESMExports()
