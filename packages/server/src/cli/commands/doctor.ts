import { errorCatalog } from 'kvasir'
import type { DirectoryReport } from 'kvasir/maintenance'
import { defineCommand } from '../define-command.ts'
import { onOneLine } from '../format.ts'
import type { Output } from '../output.ts'
import { withProgress } from '../show-progress.ts'

export const addDoctor = defineCommand({
  name: 'doctor',
  args: ['<directory>'],
  summary: 'check a store: every page, index, counter and value; changes nothing',
  settings: {},
  switches: {},
  examples: ['doctor ./data', 'doctor ./data --json'],
  run: async ({ args: [directory], io, out }) => {
    // Loaded here, because no other command needs to wait for it.
    const { checkStore } = await import('kvasir/maintenance')
    const { signal } = io
    const report = await withProgress(io, (onProgress) =>
      checkStore(directory, { onProgress, signal }),
    )
    if (out.isJson) await out.json(report)
    else await tell(report, out)
    return report.isHealthy ? 0 : errorCatalog.KV_CORRUPT.exitCode
  },
})

async function tell(report: DirectoryReport, out: Output): Promise<void> {
  const { holders, findings, hasMoreFindings, isHealthy, buckets, entries, past, format } = report
  for (const { pid, program, host, since } of holders) {
    await out.line(`open in process ${pid} (${onOneLine(program)}) on ${host} since ${since}`)
  }
  for (const { check, message } of findings) await out.line(`${check}: ${onOneLine(message)}`)
  if (hasMoreFindings) await out.line('and more of the same kinds')
  await out.line(
    `${isHealthy ? 'healthy' : 'damaged'}: format ${format}, ${buckets} buckets, ${entries} entries, ${past} past values and markers`,
  )
}
