import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from './route.ts'

/** What is needed of a logger; pino's are ones. */
export interface Logger {
  info(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Writes one line per request, with neither keys, nor values, nor tokens. */
export function requestLog(logger: Logger): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    const startMs = performance.now()
    await next()
    const { grant, project } = context.get('caller') ?? {}
    const fields = {
      requestId: context.get('requestId'),
      method: context.req.method,
      route: context.get('route'),
      status: context.res.status,
      durationMs: Math.round((performance.now() - startMs) * 1000) / 1000,
      project,
      tokenId: grant?.id,
    }
    logger.info(fields, 'request')
  }
}
