import { KvasirError } from 'kvasir'
import { projectSettings } from '../../config/settings.ts'
import { defineCommand } from '../define-command.ts'
import { withRecords } from '../open-store.ts'
import { printRecord } from '../print-record.ts'
import { readRecord } from '../read-record.ts'
import { changedTtlSetting, recordFileSetting } from '../record-settings.ts'

const unsetSetting = {
  flag: '--unset <names>',
  help: 'fields to remove, with commas; without other fields, nothing is set',
  parse: (text: string): readonly string[] => text.split(','),
} as const

export const addRecordPatch = defineCommand({
  name: 'patch',
  args: ['<key>', '[fields...]'],
  summary: 'set and remove fields of a record, and print the record from before',
  settings: {
    unset: unsetSetting,
    ttl: changedTtlSetting,
    file: recordFileSetting,
    ...projectSettings,
  },
  switches: {},
  examples: [
    'record patch user:1 name=Ada age:=36 --data ./data',
    'record patch user:1 --unset nickname,email --data ./data',
    `record patch user:1 '{"address":{"city":"London"}}' --ttl none --data ./data`,
  ],
  run: async ({ args: [key, fields], settings, given, io, out }) => {
    const { unset = [], ttl, file } = settings
    const setsNothing = unset.length > 0 && fields.length === 0 && file === undefined
    const set = setsNothing ? {} : await readRecord({ fields, file }, io, out)
    const patch = withoutFields(set, unset)
    const previous = await withRecords({ settings, given }, 'create', (records) =>
      records.patch(key, patch, { ...(ttl !== undefined && { ttl }) }),
    )
    if (out.isJson) await out.json({ key, previous })
    else await printRecord(out, previous)
    return 0
  },
})

/** The patch that also removes fields: in the records dialect, `undefined` does. */
function withoutFields(set: object, unset: readonly string[]): object {
  if (unset.length === 0) return set
  const both = unset.find((name) => Object.hasOwn(set, name))
  if (both !== undefined) {
    throw new KvasirError(
      'KV_INVALID_ARGUMENT',
      `Field ${JSON.stringify(both)} is to be set and removed. Give one or the other.`,
      { outcome: 'not-applied' },
    )
  }
  const removed = unset.map((name) => [name, undefined] as const)
  return Object.fromEntries([...Object.entries(set), ...removed])
}
