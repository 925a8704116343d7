import type { Store } from '../store/store.ts'
import { asItIsNow } from './as-it-is-now.ts'
import type { Later } from './later.ts'

export interface CallsParts<Part> {
  readonly later: Later
  /** Where in the whole store the part is. */
  readonly pick: (store: Store) => Part
  /** What answers some calls without the whole store; `undefined`: it is needed after all. */
  readonly values?: Readonly<Record<string, Method<Promise<unknown> | undefined>>>
}

type Method<Result> = (...given: unknown[]) => Result

/** Methods of a part of the store, which load the rest of it if they have to. */
export function callsOf<Part extends object, Name extends keyof Part & string>(
  names: readonly Name[],
  { later, pick, values = {} }: CallsParts<Part>,
): Pick<Part, Name> {
  let part: Part | undefined
  const call = (store: Store, name: Name, given: unknown[]): Promise<unknown> => {
    part ??= pick(store)
    return (part[name] as Method<Promise<unknown>>).apply(part, given)
  }
  const callWithout = async (name: Name, given: unknown[]): Promise<unknown> => {
    const answer = later.goWithout(() => values[name]?.(...given))
    if (answer) return answer
    const kept = given.map((one) => asItIsNow(one))
    return later.use(
      (store) => call(store, name, kept),
      () => values[name]?.(...kept),
    )
  }
  const methodOf = (name: Name): Method<Promise<unknown>> => {
    return (...given) => {
      const store = later.atOnce
      return store ? call(store, name, given) : callWithout(name, given)
    }
  }
  // Each has the parameters and the result that the method of the part has.
  return Object.fromEntries(names.map((name) => [name, methodOf(name)])) as Pick<Part, Name>
}
