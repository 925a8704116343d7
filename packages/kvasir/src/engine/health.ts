import type { ErrorCode } from '../errors/error-codes.ts'

/** Whether a store takes writes. Reads are answered either way. */
export type Health =
  | { readonly writable: true }
  | {
      readonly writable: false
      /** The code that refused writes fail with. */
      readonly code: ErrorCode
      readonly message: string
      /** Whether writes go on by themselves once the cause is gone; if not, open the store anew. */
      readonly resumes: boolean
    }
