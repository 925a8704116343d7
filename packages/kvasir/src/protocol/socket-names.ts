/** The words of the socket, which `docs/protocol.md` explains. */

export const socketPath = '/v1/socket'

/** The subprotocol, so that a proxy or a page that speaks of something else is told apart. */
export const socketProtocol = 'kvasir.v1'

/** What a client can ask for over the socket. Everything else goes by HTTP. */
export type SocketVerb =
  | 'hello'
  | 'get'
  | 'read'
  | 'list'
  | 'history'
  | 'bucket'
  | 'buckets'
  | 'put'
  | 'increment'
  | 'batch'

/** Stands for the status of an answer with nothing in it: the key does not exist. */
export const absentStatus = 204

/** What a frame that a client sends has at most. */
export const frameLimits = { messages: 10_000, headBytes: 4 * 1024 * 1024 } as const

/** Why a server closes a socket, beside the codes that the WebSocket standard has. */
export const closeCodes = {
  goingAway: 1001,
  malformed: 1007,
  tooLarge: 1009,
  tryLater: 1013,
  refused: 4401,
} as const
