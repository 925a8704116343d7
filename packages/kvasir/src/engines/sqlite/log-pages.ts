import { closeSync, openSync, readSync } from 'node:fs'
import { databasePath } from './data-directory.ts'
import {
  endsCommit,
  frameBytesIn,
  frameHeaderBytes,
  hasSalts,
  headerBytes,
  pageNumberIn,
  saltsIn,
} from './log-format.ts'

/** The numbers of the pages that the log has in its committed frames; none if there is no log. */
export function pagesInLog(directory: string): ReadonlySet<number> {
  const pages = new Set<number>()
  let file: number
  try {
    file = openSync(`${databasePath(directory)}-wal`, 'r')
  } catch {
    return pages // It went with the last connection.
  }
  try {
    const header = Buffer.alloc(headerBytes)
    if (readSync(file, header, 0, headerBytes, 0) < headerBytes) return pages
    const salts = saltsIn(header)
    const frameBytes = frameBytesIn(header)
    const frame = Buffer.alloc(frameHeaderBytes)
    const uncommitted: number[] = []
    for (let at = headerBytes; ; at += frameBytes) {
      if (readSync(file, frame, 0, frameHeaderBytes, at) < frameHeaderBytes) return pages
      if (!hasSalts(frame, salts)) return pages
      uncommitted.push(pageNumberIn(frame))
      if (endsCommit(frame)) for (const page of uncommitted.splice(0)) pages.add(page)
    }
  } finally {
    closeSync(file)
  }
}
