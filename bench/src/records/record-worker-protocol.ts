// What the bench asks of the processes that hold one store of records each.

export type RecordRequest =
  | {
      readonly kind: 'open'
      readonly store: string
      /** A directory, or a server's address. */
      readonly place: string
      readonly elementCount: number
    }
  | {
      readonly kind: 'run'
      readonly workload: string
      readonly ms: number
      readonly callsMin: number
    }
  | { readonly kind: 'close' }
