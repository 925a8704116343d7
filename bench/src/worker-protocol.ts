// What the bench asks of the processes that hold one engine each, one request at a time.

export type Request =
  | {
      readonly kind: 'open'
      readonly engine: string
      readonly directory: string
      readonly keyCount: number
      readonly valueBytes: number
      /** Whether to fill the store; a worker that replaces a crashed one finds it filled. */
      readonly isNew: boolean
    }
  | { readonly kind: 'run'; readonly workload: string; readonly ms: number; readonly start: number }
  | { readonly kind: 'close' }
