import { defineCommand } from '../define-command.ts'
import { withProgress } from '../show-progress.ts'

export const addRestore = defineCommand({
  name: 'restore',
  args: ['<backup>', '<directory>'],
  summary: 'put a backup in place as a store, after checking it',
  settings: {},
  switches: {
    replace: {
      flag: '--replace',
      help: 'if there is a store in the directory, move it into a subdirectory replaced-by-…',
    },
  },
  examples: ['restore ./backups/monday ./data', 'restore ./backups/monday ./data --replace'],
  endsOnStop: true,
  run: async ({ args: [backup, directory], switches: { replace }, io, out }) => {
    // Loaded here, because no other command needs to wait for it.
    const { restoreStore } = await import('kvasir/maintenance')
    const { signal } = io
    const manifest = await withProgress(io, (onProgress) =>
      restoreStore(backup, directory, { replace, onProgress, signal }),
    )
    if (out.isJson) await out.json(manifest)
    else {
      const { madeAt, buckets, entries } = manifest
      await out.line(`restored what was there at ${madeAt}: ${buckets} buckets, ${entries} entries`)
    }
    return 0
  },
})
