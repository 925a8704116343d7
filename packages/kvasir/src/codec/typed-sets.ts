import { KvasirError } from '../errors/kvasir-error.ts'

/**
 * A set of strings that survives storage: written anywhere in a value, it reads back as a
 * `StringSet` with its members in insertion order.
 *
 * @throws {KvasirError} `KV_INVALID_VALUE` when a member that is not a string is added.
 */
export class StringSet extends Set<string> {
  override add(member: string): this {
    if (typeof member !== 'string') throw wrongMember('StringSet', 'strings', member)
    return super.add(member)
  }

  toJSON(): string[] {
    return [...this]
  }
}

/**
 * A set of finite numbers that survives storage: written anywhere in a value, it reads back as a
 * `NumberSet` with its members in insertion order.
 *
 * @throws {KvasirError} `KV_INVALID_VALUE` when a member that is not a finite number is added.
 */
export class NumberSet extends Set<number> {
  override add(member: number): this {
    if (!Number.isFinite(member)) throw wrongMember('NumberSet', 'finite numbers', member)
    return super.add(member)
  }

  toJSON(): number[] {
    return [...this]
  }
}

function wrongMember(name: string, takes: string, member: unknown): KvasirError {
  const given = typeof member === 'number' ? String(member) : `a ${typeof member}`
  return new KvasirError(
    'KV_INVALID_VALUE',
    `A ${name} takes only ${takes}; it was given ${given}.`,
  )
}
