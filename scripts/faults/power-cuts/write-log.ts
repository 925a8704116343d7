// What `io-shim.c` has written down, event by event.

const eventKinds = [
  'write',
  'sync',
  'syncFailed',
  'truncate',
  'create',
  'rename',
  'unlink',
  'makeDirectory',
  'syncDirectory',
  'acknowledge',
  'sharedMemory',
] as const

export interface WriteEvent {
  readonly kind: (typeof eventKinds)[number]
  /** A number that stands for a file under whatever name. */
  readonly file: number
  /** Of a write, its place; of a truncation, the length that is left. */
  readonly offset: number
  /** Of events on names, the path below the root; otherwise what was written. */
  readonly data: Buffer
}

const headerLength = 24

export function parseWriteLog(bytes: Buffer): WriteEvent[] {
  const events: WriteEvent[] = []
  for (let at = 0; at + headerLength <= bytes.length; ) {
    const kind = eventKinds[bytes.readUInt32LE(at) - 1]
    if (!kind) throw new Error(`The log is damaged at byte ${at}.`)
    const length = bytes.readUInt32LE(at + 16)
    const start = at + headerLength
    events.push({
      kind,
      file: bytes.readUInt32LE(at + 4),
      offset: Number(bytes.readBigUInt64LE(at + 8)),
      data: bytes.subarray(start, start + length),
    })
    at = start + length
  }
  return events
}
