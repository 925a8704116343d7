import { errorOf } from './answer.ts'
import { type Connection, type RemoteRequest, readAll } from './connection.ts'
import { toLostConnection } from './failures.ts'

/**
 * Opens a stream: answers as soon as the headers are there, and tries once only. The request's
 * signal goes on to hold for the stream.
 *
 * @throws {KvasirError} as `Connection.send`
 */
export async function openStream(
  connection: Connection,
  request: RemoteRequest,
): Promise<Response> {
  const deadline = connection.deadlineOf(request)
  try {
    const response = await deadline.race(connection.fetch(request, deadline.signal))
    if (response.status < 400) return response
    throw errorOf(await deadline.race(readAll(response)))
  } catch (error) {
    throw deadline.isOver ? deadline.error() : toLostConnection(error)
  } finally {
    deadline.clearTimer()
  }
}
