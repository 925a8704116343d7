/** Load by stores as programs open them, whose calls go over a socket, on servers that stop. */
import { KvasirError, openStore } from 'kvasir'
import type { Target } from './stop-load.ts'

const writersAtOnce = 10

export interface StoreOutcome {
  readonly acknowledged: string[]
  /** Keys that the store said were not written. */
  readonly refused: string[]
  /** Keys of which the store said that nobody knows. */
  readonly unknown: string[]
  /** Failures that say neither. */
  readonly failures: string[]
}

/** Writes through a store until the server is gone. */
export async function storeLoad({ url, token }: Target, name: string): Promise<StoreOutcome> {
  const outcome: StoreOutcome = { acknowledged: [], refused: [], unknown: [], failures: [] }
  const store = await openStore(url, { token, retryMs: 0 })
  const kv = store.project('default').kv()
  const write = async (writer: number): Promise<void> => {
    for (let turn = 0; ; turn++) {
      const key = `${name}-${writer}-${turn}`
      const error = await kv.set(key, key).then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      if (error === undefined) outcome.acknowledged.push(key)
      else return note(outcome, { key, error })
    }
  }
  await Promise.all(Array.from({ length: writersAtOnce }, (_, writer) => write(writer)))
  await store.close()
  return outcome
}

function note(to: StoreOutcome, { key, error }: { key: string; error: unknown }): void {
  if (KvasirError.is(error) && error.outcome === 'not-applied') to.refused.push(key)
  else if (KvasirError.is(error) && error.outcome === 'unknown') to.unknown.push(key)
  else to.failures.push(`${key}: ${error}`)
}
