// What the bench and the process that holds one store say to each other.

import { answerRequests } from './answer-requests.ts'
import type { CallPace, CallTimes } from './time-calls.ts'

export type StoreRequest<Setting> =
  | {
      readonly kind: 'open'
      readonly store: string
      /** A directory, or a server's address. */
      readonly place: string
      readonly setting: Setting
    }
  | { readonly kind: 'run'; readonly workload: string; readonly pace: CallPace }
  | { readonly kind: 'close' }

export interface StoreWorker<Setting, State> {
  open(request: StoreRequest<Setting> & { kind: 'open' }): Promise<State>
  run(state: State, request: StoreRequest<Setting> & { kind: 'run' }): Promise<CallTimes>
  close(state: State): unknown
}

/** Makes this process the one of a store: opens it, and runs what the bench asks for. */
export function workOn<Setting, State>(worker: StoreWorker<Setting, State>): void {
  let state: { readonly open: State } | undefined

  answerRequests(async (request: StoreRequest<Setting>): Promise<CallTimes | undefined> => {
    if (request.kind === 'open') {
      state = { open: await worker.open(request) }
      return undefined
    }
    if (!state) throw new Error('No store is open.')
    if (request.kind === 'run') return worker.run(state.open, request)
    await worker.close(state.open)
    return undefined
  })
}
