import type { BucketWatch } from '../front/bucket-watch.ts'
import type { Listing } from '../front/paged.ts'

/** A listing whose code is loaded when it is read. */
export function laterListing<Item>(
  open: <Result>(use: (listing: Listing<Item>) => Result | Promise<Result>) => Promise<Result>,
): Listing<Item> {
  return {
    page: (options) => open((listing) => listing.page(options)),
    async *[Symbol.asyncIterator]() {
      yield* await open((listing) => listing)
    },
  }
}

/** A watch that begins as soon as its code has been loaded, and before all later writes. */
export function laterWatch<Event>(opening: Promise<BucketWatch<Event>>): BucketWatch<Event> {
  const ready = opening.then((watch) => watch.ready)
  ready.catch(() => {
    // Whoever only iterates meets the error there.
  })
  const close = async (): Promise<void> => {
    const watch = await opening.catch(() => undefined)
    await watch?.close()
  }
  return {
    ready,
    close,
    [Symbol.asyncDispose]: close,
    [Symbol.asyncIterator]: () => {
      const opened = opening.then((watch) => watch[Symbol.asyncIterator]())
      opened.catch(() => {
        // The first step of iterating says so.
      })
      return {
        next: async () => (await opened).next(),
        async return() {
          const events = await opened.catch(() => undefined)
          await events?.return?.()
          return { done: true, value: undefined }
        },
      }
    },
  }
}
