/** What the host writes to its log, and in which words. */
import type { Logger } from '../http/request-log.ts'
import { type FunctionCall, labelOf } from './function-call.ts'
import type { LoadedFunction } from './load-function.ts'

/** One line per request that a function answered. */
export function logRequest(logger: Logger, call: FunctionCall, status: number): void {
  const durationMs = Math.round((performance.now() - call.startedAt) * 1000) / 1000
  const { id, method, path, reads, writes } = call
  const fields = { requestId: id, method, path, function: labelOf(call), status, durationMs }
  logger.info({ ...fields, reads, writes }, 'request')
}

/** What a function threw, or did after its answer was over. */
export function logTrouble(logger: Logger, call: FunctionCall, trouble: Trouble): void {
  const { id, method, path } = call
  const fields = { requestId: id, method, path, function: labelOf(call), err: trouble.error }
  logger.error(fields, trouble.message)
}

export interface Trouble {
  readonly error: unknown
  readonly message: string
}

export function logLoaded(logger: Logger, loaded: readonly LoadedFunction[]): void {
  for (const { name, route, failure, subHandlers } of loaded) {
    const fields = { function: name, route: `/${route.join('/')}` }
    if (failure !== undefined) {
      logger.error({ ...fields, err: failure }, 'a function cannot be loaded')
      continue
    }
    const members = [...subHandlers.keys()]
    logger.info({ ...fields, ...(members.length > 0 && { members }) }, 'function loaded')
  }
}
