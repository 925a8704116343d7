/**
 * A value that nobody has given a type: what `JSON.parse` gives, which is `any`.
 *
 * Who writes plain JavaScript cannot pass a type argument. To them, `unknown` would make a mistake
 * of `(await kv.get('count')) + 1`, which is none.
 */
export type Untyped = ReturnType<typeof JSON.parse>
