/** `@kvasir/server`: Kvasir over HTTP, for those who put it into a program of their own. */
export { type AppDeps, createApp } from './app.ts'
export { type Grant, type Scope, scopes } from './auth/grant.ts'
export {
  createTokenStore,
  type TokenRecord,
  type TokenRequest,
  type TokenStore,
} from './auth/token-store.ts'
export {
  type ListenOptions,
  type RunningServer,
  startServer,
} from './http/listen.ts'
export type { Logger } from './http/request-log.ts'
export type { UnixSocketOptions } from './http/unix-socket.ts'
export { AnswerBudget, type AnswerFigures } from './limits/answer-budget.ts'
export { BodyBudget } from './limits/body-budget.ts'
export type { ConnectionLimits, ServerTimeouts, StreamLimits } from './limits/server-limits.ts'
export { createSockets, type Sockets, type SocketsDeps } from './socket/sockets.ts'
export { StreamCount, type StreamFigures } from './watch/stream-count.ts'
