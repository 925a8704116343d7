import { closeSync, openSync, readSync } from 'node:fs'
import { databasePath } from './data-directory.ts'

// The format of the log: https://sqlite.org/fileformat2.html#the_write_ahead_log
const headerBytes = 32
const frameHeaderBytes = 24
const saltsBytes = 8

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
    const salts = header.subarray(16, 16 + saltsBytes)
    const bytesOfFrame = frameHeaderBytes + header.readUInt32BE(8)
    const frame = Buffer.alloc(frameHeaderBytes)
    const uncommitted: number[] = []
    for (let at = headerBytes; ; at += bytesOfFrame) {
      if (readSync(file, frame, 0, frameHeaderBytes, at) < frameHeaderBytes) return pages
      if (!frame.subarray(8, 8 + saltsBytes).equals(salts)) return pages
      uncommitted.push(frame.readUInt32BE(0))
      const isCommit = frame.readUInt32BE(4) > 0
      if (isCommit) for (const page of uncommitted.splice(0)) pages.add(page)
    }
  } finally {
    closeSync(file)
  }
}
