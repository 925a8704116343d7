import type { KvasirError, Store } from 'kvasir'
import { parseText } from '../../config/parse.ts'
import { secretsSettings } from '../../config/settings.ts'
import { defineCommand } from '../define-command.ts'
import { onOneLine } from '../format.ts'
import type { Output } from '../output.ts'
import { withKeyedStore } from '../with-secrets.ts'

interface Tally {
  rotated: number
  current: number
  failed: number
  firstError?: KvasirError
}

const progressEvery = 1000

export const addSecretsRotate = defineCommand({
  name: 'rotate',
  args: [],
  summary: 'encrypt every secret with the first of the keys; may be stopped and run again',
  settings: {
    ...secretsSettings,
    // Without the variable and the default of others: a rotation that leaves projects out without
    // having been told would let their secrets die with the old key.
    project: {
      flag: '--project <name>',
      help: 'only this project; without it, all',
      parse: parseText,
    },
  },
  switches: {},
  examples: [
    'secrets rotate --data ./data --secrets-key-file new-and-old.keys',
    'secrets rotate --project shop --url http://127.0.0.1:7450 --token-file token --json',
  ],
  run: async ({ settings, given, out }) => {
    const { project: only } = settings
    const tally: Tally = { rotated: 0, current: 0, failed: 0 }
    await withKeyedStore({ settings, given }, 'refuse', async (store) => {
      const projects = only === undefined ? store.projects() : [only]
      for await (const project of projects) await rotateProject({ store, project }, tally, out)
    })
    const { rotated, current, failed, firstError } = tally
    const total = rotated + current + failed
    if (out.isJson) await out.json({ rotated, current, failed, total })
    else await out.say(`Of ${total} secrets: ${rotated} rotated, ${current} current before.`)
    if (firstError) throw firstError
    return 0
  },
})

async function rotateProject(
  { store, project }: { store: Store; project: string },
  tally: Tally,
  out: Output,
): Promise<void> {
  for await (const rotation of store.project(project).storage().secrets.rotate()) {
    tally[rotation.outcome]++
    if (rotation.outcome === 'failed') {
      tally.firstError ??= rotation.error
      await out.say(`Failed: ${project} ${onOneLine(rotation.key)} (${rotation.error.code})`)
    }
    const done = tally.rotated + tally.current + tally.failed
    if (done % progressEvery === 0) await out.say(`${done} secrets done, now in ${project}.`)
  }
}
