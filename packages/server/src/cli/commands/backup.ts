import { defineCommand } from '../define-command.ts'
import { withProgress } from '../show-progress.ts'

export const addBackup = defineCommand({
  name: 'backup',
  args: ['<directory>', '<target>'],
  summary: 'copy one instant of a store into a new directory, also while it is in use',
  settings: {},
  switches: {},
  examples: ['backup ./data ./backups/monday'],
  // So that nothing unfinished is left behind.
  endsOnStop: true,
  run: async ({ args: [directory, target], io, out }) => {
    // Loaded here, because no other command needs to wait for it.
    const { backupStore } = await import('kvasir/maintenance')
    const { signal } = io
    const manifest = await withProgress(io, (onProgress) =>
      backupStore(directory, target, { onProgress, signal }),
    )
    if (out.isJson) await out.json(manifest)
    else {
      const { madeAt, buckets, entries, bytes } = manifest
      await out.line(`${madeAt}: ${buckets} buckets, ${entries} entries, ${bytes} bytes, checked`)
    }
    return 0
  },
})
