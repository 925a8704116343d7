/**
 * The format of SQLite's write-ahead log, as far as it is read here: a header, and frames, each
 * with a header of its own and a page. https://sqlite.org/fileformat2.html#the_write_ahead_log
 */

export const headerBytes = 32
export const frameHeaderBytes = 24
/** Two numbers that are others whenever the log begins anew: frames with the header's count. */
export const saltsBytes = 8
/** Where a frame has its salts. */
export const frameSaltsAt = 8

const pageSizeAt = 8
const saltsAt = 16

/** Bytes of a page; 0 where the header was not read. */
export function pageBytesIn(header: Buffer): number {
  return header.readUInt32BE(pageSizeAt)
}

export function frameBytesIn(header: Buffer): number {
  return frameHeaderBytes + pageBytesIn(header)
}

/** The salts that count. */
export function saltsIn(header: Buffer): Buffer {
  return header.subarray(saltsAt, saltsAt + saltsBytes)
}

export function hasSalts(frameHeader: Buffer, salts: Buffer): boolean {
  return frameHeader.subarray(frameSaltsAt, frameSaltsAt + saltsBytes).equals(salts)
}

/** The number of the frame's page. */
export function pageNumberIn(frameHeader: Buffer): number {
  return frameHeader.readUInt32BE(0)
}

/** Whether the frame is the last of a commit. */
export function endsCommit(frameHeader: Buffer): boolean {
  return frameHeader.readUInt32BE(4) > 0
}
