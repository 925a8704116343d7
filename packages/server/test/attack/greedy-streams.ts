import type { startServer } from '@kvasir/server'
import { eventStreamMediaType } from 'kvasir/protocol'

type App = Parameters<typeof startServer>[0]['app']

/** A planted bug: an application whose streams of events keep whatever their clients do not take. */
export function withGreedyStreams(app: App): App {
  return {
    fetch: async (request, env) => {
      const response = await app.fetch(request, env)
      const isStream = response.headers.get('content-type') === eventStreamMediaType
      if (!isStream || !response.body) return response
      return new Response(greedy(response.body), response)
    },
  }
}

function greedy(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async start(controller) {
      // Never waits for anybody to ask, so that it would keep the stream from beginning.
      void pump(body, controller)
    },
  })
}

async function pump(
  body: ReadableStream<Uint8Array>,
  controller: ReadableStreamDefaultController<Uint8Array>,
): Promise<void> {
  try {
    for await (const chunk of body) controller.enqueue(chunk)
    controller.close()
  } catch {
    // The client has gone.
  }
}
