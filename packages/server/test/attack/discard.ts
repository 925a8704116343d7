import { request } from 'node:http'

export interface Discarded {
  readonly status: number
  readonly retryAfter: string | undefined
}

interface Sent {
  readonly method?: string
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends a request as `shop`, on a connection of its own, and takes the answer without keeping it. */
export function discard(url: string, { method = 'GET', body, headers }: Sent = {}) {
  return new Promise<Discarded>((resolve, reject) => {
    const sent = request(url, {
      method,
      agent: false,
      headers: { authorization: 'Bearer shop', ...headers },
    })
    sent.once('error', reject)
    // A body may still be on its way when its answer has come and the connection is closed.
    sent.once('socket', (socket) => socket.on('error', () => undefined))
    sent.once('response', (answer) => {
      const { statusCode: status = 0, headers } = answer
      answer.resume()
      answer.once('error', reject)
      answer.once('end', () => resolve({ status, retryAfter: headers['retry-after'] }))
    })
    sent.end(body)
  })
}
