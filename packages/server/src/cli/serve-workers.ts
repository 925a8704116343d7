/** Serves a store in several processes: what `kvasir serve --workers` does. */
import { KvasirError } from 'kvasir'
import { clearUnixSocket } from '../http/unix-socket.ts'
import { createLog } from './create-log.ts'
import { sayWhere } from './say-where.ts'
import type { ServeRequest } from './serve-store.ts'
import { stopOf } from './stop-of.ts'
import { WorkerPool } from './worker-pool.ts'

/**
 * Resolves with the exit code: that of the first worker which cannot start, having said why.
 *
 * @throws {KvasirError} `KV_INVALID_ARGUMENT` for what only a single process can have.
 */
export async function serveWorkers({ settings, io, out }: ServeRequest): Promise<number> {
  const { workers, graceMs, logLevel, unixSocket, unixSocketMode } = settings
  checkForWorkers(settings)
  if (unixSocket !== undefined) await clearUnixSocket(unixSocket)
  const logger = logLevel === 'silent' ? undefined : createLog(io.stderr, logLevel)
  const pool = new WorkerPool({ logger, unixSocketMode })
  try {
    // Alone, so that what keeps all of them from starting is said once.
    const first = await pool.start('first')
    if ('exitCode' in first) return first.exitCode
    const others = Array.from({ length: workers - 1 }, () => pool.start('other'))
    for (const start of await Promise.all(others)) {
      if ('exitCode' in start) return start.exitCode
    }
    await sayWhere(out, first)
    await stopOf(io.signal)
    await out.say('Stopping: requests may finish. A second signal stops at once.')
    return 0
  } finally {
    await pool.stop(graceMs)
  }
}

function checkForWorkers({ data, cacheBytes = 0 }: ServeRequest['settings']): void {
  if (data === 'memory:') {
    throw unshared('Each worker would have a memory of its own. Serve a directory')
  }
  if (cacheBytes > 0) {
    throw unshared(
      'Values are kept in memory only by a process that has the store to itself. Leave --cache-bytes (KVASIR_CACHE_BYTES) out',
    )
  }
}

function unshared(message: string): KvasirError {
  return new KvasirError('KV_INVALID_ARGUMENT', `${message}, or leave --workers out.`, {
    outcome: 'not-applied',
  })
}
