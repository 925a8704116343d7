import { limits } from 'kvasir'

/** The most bytes that a request's body may have. */
export const bodyLimits = {
  value: limits.valueBytesMax,
  /** Twice what a commit may hold: in JSON, text and bytes are longer than they are. */
  batch: 2 * limits.batchBytesMax,
  settings: 1024 * 1024,
} as const
