/** The commands on sets in records. */
import type { KVStore, MultiValue } from 'kvasir'
import { parseNumber } from '../config/parse.ts'
import { projectSettings } from '../config/settings.ts'
import { type AddCommand, defineCommand } from './define-command.ts'
import { type Absence, withRecords } from './open-store.ts'
import type { Output } from './output.ts'
import { type MemberType, setTypeSetting } from './record-settings.ts'

type Member = string | number
type Sets = Promise<MultiValue<ReadonlySet<Member>>>

/** One operation on sets, for both of their types. */
export interface SetOperation {
  readonly strings: (records: KVStore, key: string, fields: MultiValue<string[]>) => Sets
  readonly numbers: (records: KVStore, key: string, fields: MultiValue<number[]>) => Sets
}

/** What a command was asked about, and the members that the operation answered. */
export interface SetAnswer {
  readonly key: string
  readonly field: string
  /** Each once. */
  readonly asked: readonly Member[]
  readonly found: readonly Member[]
}

export interface SetCommand {
  readonly name: string
  readonly summary: string
  readonly absence: Absence
  readonly operation: SetOperation
  /** Prints the answer and resolves with the exit code. */
  readonly tell: (answer: SetAnswer, out: Output) => Promise<number>
}

export function defineSetCommand({
  name,
  summary,
  absence,
  operation,
  tell,
}: SetCommand): AddCommand {
  return defineCommand({
    name,
    args: ['<key>', '<field>', '<members...>'],
    summary,
    settings: { type: setTypeSetting, ...projectSettings },
    switches: {},
    examples: [
      `record ${name} article:7 tags new sale --data ./data`,
      `record ${name} article:7 readers 17 --type number --data ./data`,
    ],
    run: async ({ args: [key, field, members], settings, given, out }) => {
      const asked = toMembers(members, settings.type)
      const sets = await withRecords({ settings, given }, absence, (records) =>
        asked.type === 'string'
          ? operation.strings(records, key, { [field]: asked.members })
          : operation.numbers(records, key, { [field]: asked.members }),
      )
      const found = [...(sets[field] ?? [])]
      return tell({ key, field, asked: [...new Set<Member>(asked.members)], found }, out)
    },
  })
}

type Members =
  | { readonly type: 'string'; readonly members: string[] }
  | { readonly type: 'number'; readonly members: number[] }

function toMembers(members: readonly string[], type: MemberType): Members {
  if (type === 'string') return { type, members: [...members] }
  return { type, members: members.map((member) => parseNumber(member, 'a member')) }
}
