import { NumberSet, StringSet } from '../codec/typed-sets.ts'
import type { KVStore, MultiValue } from '../dialects/storage/storage-types.ts'
import { codeOf, errorOf, range } from './observe.ts'
import { withRecords } from './storage-scene.ts'
import type { Suite } from './suite.ts'

type Member = string | number
type Call = (key: string, field: string, member: Member) => Promise<boolean>
type MultiCall = (
  key: string,
  members: MultiValue<Member[]>,
) => Promise<MultiValue<StringSet | NumberSet>>

/** One type of set: its class, three members, and one that it does not take. */
interface SetKind {
  readonly name: 'String' | 'Number'
  readonly SetClass: new (members?: Member[]) => StringSet | NumberSet
  readonly members: readonly [Member, Member, Member]
  readonly wrongMembers: readonly unknown[]
  /** What a field may hold that is no such set. */
  readonly others: readonly (readonly [found: string, value: unknown])[]
}

const noSets = [
  ['a list', ['a']],
  ['a number', 1],
  ['a string', 'a'],
  ['an object', { a: 1 }],
  ['null', null],
] as const

const kinds: readonly SetKind[] = [
  {
    name: 'String',
    SetClass: StringSet as SetKind['SetClass'],
    members: ['a', 'ø', ''],
    wrongMembers: [1, null, undefined, true, ['a']],
    others: [...noSets, ['a NumberSet', new NumberSet([1])]],
  },
  {
    name: 'Number',
    SetClass: NumberSet as unknown as SetKind['SetClass'],
    members: [1, -2.5, 0],
    wrongMembers: ['1', null, Number.NaN, Number.POSITIVE_INFINITY],
    others: [...noSets, ['a StringSet', new StringSet(['a'])]],
  },
]

/** The six calls for sets of one type. */
function callsOf(records: KVStore, { name }: SetKind) {
  const single = (verb: 'add' | 'has' | 'remove'): Call =>
    (records[`${verb}${name}`] as Call).bind(records)
  const multi = (verb: 'add' | 'has' | 'remove'): MultiCall =>
    (records[`${verb}${name}Multi`] as unknown as MultiCall).bind(records)
  return {
    add: single('add'),
    has: single('has'),
    remove: single('remove'),
    addMulti: multi('add'),
    hasMulti: multi('has'),
    removeMulti: multi('remove'),
  }
}

export function storageSetTests(suite: Suite): void {
  const { describe, it, expect } = withRecords(suite)

  for (const kind of kinds) {
    const { name, SetClass, members, wrongMembers, others } = kind
    const [first, second, third] = members

    describe(`a ${name}Set in a record`, () => {
      it('reads back as one, also within objects and lists', async ({ records }) => {
        const set = new SetClass([...members])
        const record = { set, empty: new SetClass(), deep: { sets: [set] } } as object

        await records.put('tags', record)

        expect(await records.get('tags')).toStrictEqual(record)
        expect(await records.get('tags', ['deep'])).toStrictEqual({ deep: { sets: [set] } })
        expect(await records.delete('tags')).toStrictEqual(record)
      })

      it('reaches an updater as one, which may change it', async ({ records }) => {
        await records.put('tags', { set: new SetClass([first]) } as object)

        const previous = await records.patch<{ set: Set<Member> }>('tags', (record) => {
          record.set.add(second)
          return record
        })

        expect(previous).toStrictEqual({ set: new SetClass([first]) })
        expect(await records.get('tags')).toStrictEqual({ set: new SetClass([first, second]) })
      })
    })

    describe(`kvStore.add${name}`, () => {
      it('is true for a new member, and creates record and field', async ({ records }) => {
        const { add } = callsOf(records, kind)

        expect(await add('tags', 'set', first)).toBe(true)
        expect(await add('tags', 'set', second)).toBe(true)
        expect(await records.get('tags')).toStrictEqual({ set: new SetClass([first, second]) })
      })

      it('is false for a member that there is', async ({ records }) => {
        const { add } = callsOf(records, kind)
        await add('tags', 'set', first)

        expect(await add('tags', 'set', first)).toBe(false)
        expect(await records.get('tags')).toStrictEqual({ set: new SetClass([first]) })
      })

      it('adds to a set that put has stored, and keeps the TTL', async ({ records, kv }) => {
        await records.put('tags', { set: new SetClass([first]) } as object, { ttl: 10 })

        await callsOf(records, kind).add('tags', 'set', second)

        expect(await records.get('tags')).toStrictEqual({ set: new SetClass([first, second]) })
        expect(await kv.ttl('tags')).toBe(10_000)
      })

      it('is true for exactly one of 64 that add the same at once', async ({ records }) => {
        const { add } = callsOf(records, kind)

        const added = await Promise.all(range(64).map(() => add('tags', 'set', first)))

        expect(added.filter(Boolean)).toHaveLength(1)
      })

      it('refuses a member of another type', async ({ records }) => {
        const { add, has, remove } = callsOf(records, kind)
        const calls = wrongMembers.flatMap((member) =>
          [add, has, remove].map((call) => call('tags', 'set', member as Member)),
        )

        const codes = await Promise.all(calls.map(codeOf))

        expect(new Set(codes)).toEqual(new Set(['KV_INVALID_ARGUMENT']))
        expect(await records.exists('tags')).toBe(false)
      })
    })

    describe(`kvStore.add${name}Multi`, () => {
      it('resolves with only the newly added, an empty set for none', async ({ records }) => {
        await records.put('tags', { old: new SetClass([first]) } as object)

        const added = await callsOf(records, kind).addMulti('tags', {
          old: [first],
          mixed: [first, second, first],
        })

        expect(added).toStrictEqual({ old: new SetClass(), mixed: new SetClass([first, second]) })
        expect(await records.get('tags')).toStrictEqual({
          old: new SetClass([first]),
          mixed: new SetClass([first, second]),
        })
      })

      it('adds nothing when one of the fields is no such set', async ({ records }) => {
        await records.put('tags', { name: 'text' })

        const { addMulti } = callsOf(records, kind)
        const error = await errorOf(addMulti('tags', { set: [first], name: [first] }))

        expect(error).toMatchObject({ code: 'KV_WRONG_TYPE', details: { field: 'name' } })
        expect(await records.get('tags')).toEqual({ name: 'text' })
      })

      it('changes and creates nothing for an empty list of values', async ({ records }) => {
        const { addMulti } = callsOf(records, kind)

        expect(await addMulti('tags', { set: [] })).toStrictEqual({ set: new SetClass() })
        expect(await addMulti('tags', {})).toStrictEqual({})
        expect(await records.exists('tags')).toBe(false)
      })
    })

    describe(`kvStore.has${name}`, () => {
      it('tells whether the set has the member', async ({ records }) => {
        await records.put('tags', { set: new SetClass([first, third]) } as object)
        const { has } = callsOf(records, kind)

        expect(await has('tags', 'set', first)).toBe(true)
        expect(await has('tags', 'set', third)).toBe(true)
        expect(await has('tags', 'set', second)).toBe(false)
      })

      it('is false for no record and no field, and creates neither', async ({ records }) => {
        await records.put('tags', { name: 'text' })
        const { has } = callsOf(records, kind)

        expect(await has('nowhere', 'set', first)).toBe(false)
        expect(await has('tags', 'set', first)).toBe(false)
        expect(await records.exists('nowhere')).toBe(false)
        expect(await records.get('tags')).toStrictEqual({ name: 'text' })
      })
    })

    describe(`kvStore.has${name}Multi`, () => {
      it('resolves with only those present, an empty set for none', async ({ records }) => {
        await records.put('tags', { set: new SetClass([first]) } as object)
        const { hasMulti } = callsOf(records, kind)

        const present = await hasMulti('tags', { set: [first, second], none: [first] })

        expect(present).toStrictEqual({ set: new SetClass([first]), none: new SetClass() })
        expect(await hasMulti('nowhere', { set: [first] })).toStrictEqual({ set: new SetClass() })
      })
    })

    describe(`kvStore.remove${name}`, () => {
      it('is true when the member was there, and removes it', async ({ records }) => {
        await records.put('tags', { set: new SetClass([first, second]) } as object)
        const { remove } = callsOf(records, kind)

        expect(await remove('tags', 'set', first)).toBe(true)
        expect(await remove('tags', 'set', first)).toBe(false)
        expect(await records.get('tags')).toStrictEqual({ set: new SetClass([second]) })
      })

      it('leaves an empty set, of its type, where the last member went', async ({ records }) => {
        const { add, remove } = callsOf(records, kind)
        await add('tags', 'set', first)

        await remove('tags', 'set', first)

        expect(await records.get('tags')).toStrictEqual({ set: new SetClass() })
      })

      it('is false for no record and no field, and creates neither', async ({ records }) => {
        await records.put('tags', { name: 'text' })
        const { remove } = callsOf(records, kind)

        expect(await remove('nowhere', 'set', first)).toBe(false)
        expect(await remove('tags', 'set', first)).toBe(false)
        expect(await records.exists('nowhere')).toBe(false)
        expect(await records.get('tags')).toStrictEqual({ name: 'text' })
      })
    })

    describe(`kvStore.remove${name}Multi`, () => {
      it('resolves with only the removed, an empty set for none', async ({ records }) => {
        await records.put('tags', { set: new SetClass([first, second]) } as object)
        const { removeMulti } = callsOf(records, kind)

        const removed = await removeMulti('tags', { set: [first, third, first], none: [first] })

        expect(removed).toStrictEqual({ set: new SetClass([first]), none: new SetClass() })
        expect(await records.get('tags')).toStrictEqual({ set: new SetClass([second]) })
      })

      it('removes nothing when one of the fields is no such set', async ({ records }) => {
        await records.put('tags', { set: new SetClass([first]), list: [1] } as object)
        const { removeMulti } = callsOf(records, kind)

        const code = await codeOf(removeMulti('tags', { set: [first], list: [first] }))

        expect(code).toBe('KV_WRONG_TYPE')
        expect(await records.get('tags')).toStrictEqual({ set: new SetClass([first]), list: [1] })
      })
    })

    describe(`a field that is no ${name}Set`, () => {
      for (const [found, value] of others) {
        it(`fails for every call on ${name}Sets, saying that it is ${found}`, async (scene) => {
          const { records } = scene
          await records.put('tags', { field: value } as object)
          const { add, has, remove } = callsOf(records, kind)

          const errors = await Promise.all(
            [add, has, remove].map((call) => errorOf(call('tags', 'field', first))),
          )

          const needs = `a ${name}Set`
          for (const { code, message, details } of errors) {
            expect(code).toBe('KV_WRONG_TYPE')
            expect(details).toEqual({ key: 'tags', field: 'field', found, needs })
            for (const part of [found, needs]) expect(message).toContain(part)
          }
          expect(await records.get('tags')).toEqual({ field: value })
        })
      }
    })
  }
}
