// Those of the limits that a client goes by from the start; `limits.ts` has all of them.

/** UTF-8 bytes of a key. */
export const keyBytesMax = 1024

/** UTF-8 bytes of a stored value; a bucket may set a lower one. */
export const valueBytesMax = 16 * 1024 * 1024

/** Characters of a project's or a bucket's name. */
export const nameLengthMax = 64

/** The last instant that a JavaScript `Date` can name, in epoch milliseconds. */
export const expiresAtMax = 8_640_000_000_000_000
