// The worker's side of what the bench and its processes say to each other.

export type Reply<Answer> =
  | { readonly ok: true; readonly outcome?: Answer }
  | { readonly ok: false; readonly message: string }

/** Makes this process a worker: carries out what the bench asks for, and replies to each request. */
export function answerRequests<Request, Answer>(
  carryOut: (request: Request) => Promise<Answer | undefined>,
): void {
  process.on('message', (request: Request) => {
    // Never rejects: whatever happens becomes the reply.
    void answer(() => carryOut(request))
  })

  // The bench has died or was stopped: nobody will ask for anything any more.
  process.on('disconnect', () => process.exit(1))
}

async function answer<Answer>(carryOut: () => Promise<Answer | undefined>): Promise<void> {
  try {
    const outcome = await carryOut()
    reply({ ok: true, ...(outcome !== undefined && { outcome }) })
  } catch (error) {
    reply({ ok: false, message: error instanceof Error ? error.message : String(error) })
  }
}

function reply(words: Reply<unknown>): void {
  process.send?.(words)
}
