/** What the bench asks of the process that watches, and of the one that writes. */
export type WakeUpRequest =
  | { readonly kind: 'open'; readonly directory: string }
  | { readonly kind: 'watch'; readonly watches: number }
  | {
      readonly kind: 'write'
      readonly count: number
      readonly watches: number
      /** On average, between a change and the next. */
      readonly pauseMs: number
    }
  | { readonly kind: 'idle'; readonly ms: number }
  | { readonly kind: 'seen'; readonly count: number }

export interface WakeUpAnswer {
  readonly idleCpu?: number
  readonly latenciesMs?: readonly number[]
}

/** A bucket for each watch. */
export function bucketNames(watches: number): string[] {
  return Array.from({ length: watches }, (_, index) => `watched-${index}`)
}
