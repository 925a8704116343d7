/** The commands on lists in records, which come in pairs that differ in one word. */
import { errorCatalog, type KVStore, type MultiValue } from 'kvasir'
import { parseWhole } from '../config/parse.ts'
import { projectSettings } from '../config/settings.ts'
import { type AddCommand, defineCommand } from './define-command.ts'
import { valueOnOneLine } from './format.ts'
import { withRecords } from './open-store.ts'
import { parseJson } from './read-record.ts'
import { elementTypeSetting } from './record-settings.ts'

interface Words {
  readonly name: string
  readonly summary: string
}

/** A command that adds elements. It prints nothing, as there is nothing to tell. */
export function defineExtending(
  { name, summary }: Words,
  extend: (records: KVStore, key: string, elements: MultiValue<unknown[]>) => Promise<void>,
): AddCommand {
  return defineCommand({
    name,
    args: ['<key>', '<field>', '<values...>'],
    summary,
    settings: { type: elementTypeSetting, ...projectSettings },
    switches: {},
    examples: [
      `record ${name} queue jobs mail news --data ./data`,
      `record ${name} queue jobs '{"task":"mail"}' --type json --data ./data`,
    ],
    run: async ({ args: [key, field, values], settings, given, out }) => {
      const elements =
        settings.type === 'json'
          ? values.map((value, index) => parseJson(value, `Value ${index + 1}`))
          : [...values]
      await withRecords({ settings, given }, 'create', (records) =>
        extend(records, key, { [field]: elements }),
      )
      if (out.isJson) await out.json({ key, field, added: elements.length })
      return 0
    },
  })
}

/** A command that prints the first elements, one a line, and ends with 3 if there are none. */
export function defineTaking(
  { name, summary }: Words,
  take: (
    records: KVStore,
    key: string,
    counts: MultiValue<number>,
  ) => Promise<MultiValue<unknown[]>>,
): AddCommand {
  return defineCommand({
    name,
    args: ['<key>', '<field>', '[count]'],
    summary,
    settings: projectSettings,
    switches: {},
    examples: [
      `record ${name} queue jobs --data ./data`,
      `record ${name} queue jobs 10 --json --data ./data`,
    ],
    run: async ({ args: [key, field, count = '1'], out, ...request }) => {
      const counts = { [field]: parseWhole(count, 'count') }
      const lists = await withRecords(request, 'refuse', (records) => take(records, key, counts))
      const elements = lists[field] ?? []
      if (out.isJson) await out.json({ key, field, elements })
      else for (const element of elements) await out.line(valueOnOneLine(element))
      return elements.length > 0 ? 0 : errorCatalog.KV_KEY_NOT_FOUND.exitCode
    },
  })
}
