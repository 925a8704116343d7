/**
 * Where an answer is kept. Clients number their commits: "client.1a" is number 46 of "client". So
 * answers that were given one after the other to one client can share a row.
 */
export interface AnswerKey {
  readonly stem: string
  /** 0: the key is none that is numbered, and is its own stem. */
  readonly number: number
}

const radix = 36

/** Takes an idempotency key apart. Two keys that differ never become the same. */
export function toAnswerKey(idempotencyKey: string): AnswerKey {
  const dot = idempotencyKey.lastIndexOf('.')
  const digits = idempotencyKey.slice(dot + 1)
  const number = dot < 0 ? Number.NaN : Number.parseInt(digits, radix)
  // Only numbers as we write them, so that none is written in two ways.
  const isNumbered = number > 0 && Number.isSafeInteger(number) && number.toString(radix) === digits
  if (!isNumbered) return { stem: idempotencyKey, number: 0 }
  return { stem: idempotencyKey.slice(0, dot), number }
}
