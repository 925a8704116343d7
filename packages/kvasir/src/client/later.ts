import { KvasirError } from '../errors/kvasir-error.ts'
import { storeClosed } from '../front/store-closed.ts'
import type { Store } from '../store/store.ts'

/**
 * The whole store, which is loaded at the first call that needs more than a value as a whole. From
 * then on it takes all calls, in the order in which they are made.
 */
export class Later {
  readonly #load: () => Promise<Store>
  #loading: Promise<Store> | undefined
  #store: Store | undefined
  #waiting = 0
  /** After so many calls that did without it, it is worth loading all the same. */
  #callsBefore: number
  #isClosed = false

  constructor(load: () => Promise<Store>, { callsBefore }: { readonly callsBefore: number }) {
    this.#load = load
    this.#callsBefore = callsBefore
  }

  /** The store once it is there, and nobody waits any more who called earlier. */
  get atOnce(): Store | undefined {
    return this.#waiting === 0 ? this.#store : undefined
  }

  /** Makes a call without it, unless others wait for it who called earlier. */
  goWithout<Answer>(call: () => Answer | undefined): Answer | undefined {
    const answer = this.#waiting === 0 && !this.#isClosed ? call() : undefined
    if (answer && --this.#callsBefore === 0) {
      this.#whole().catch(() => {
        // Calls go on without it.
      })
    }
    return answer
  }

  /**
   * Does something with the store as soon as it is there, after everything that was asked before;
   * `instead` may answer where it cannot be loaded.
   *
   * @throws {KvasirError} `KV_UNAVAILABLE` when it cannot be loaded, `KV_CLOSED`.
   */
  async use<Result>(
    use: (store: Store) => Result | Promise<Result>,
    instead?: () => Promise<Result> | undefined,
  ): Promise<Result> {
    const isOpen = !this.#isClosed
    let store: Store | undefined
    let failure: unknown
    this.#waiting++
    try {
      store = await this.#whole()
    } catch (error) {
      failure = error
    }
    this.#waiting--
    if (store) return use(store)
    const other = isOpen ? instead?.() : undefined
    if (other) return other
    throw failure
  }

  /** Closes the store, if there is one, after what was asked of it. */
  async close(): Promise<void> {
    this.#isClosed = true
    if (!this.#loading) return
    // By the same way as the calls, so that it comes after them.
    const store = await this.#whole().catch(() => undefined)
    await store?.close()
  }

  async #whole(): Promise<Store> {
    if (this.#isClosed && !this.#loading) throw storeClosed()
    this.#loading ??= this.#load().then(
      (store) => {
        this.#store = store
        return store
      },
      (cause: unknown) => {
        // The next call tries again: a page may have been offline for a moment.
        this.#loading = undefined
        throw notLoaded(cause)
      },
    )
    return this.#loading
  }
}

function notLoaded(cause: unknown): KvasirError {
  return new KvasirError(
    'KV_UNAVAILABLE',
    'A part of kvasir/client could not be loaded. Try again; see that all of its files are served.',
    { outcome: 'not-applied', cause },
  )
}
