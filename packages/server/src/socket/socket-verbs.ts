import type { OpenedMessage } from 'kvasir/protocol'

/** What can be asked over the socket once its client has said who it is. */
export const verbs: ReadonlySet<string | number> = new Set([
  'get',
  'put',
  'increment',
  'batch',
  'read',
  'list',
  'history',
  'bucket',
  'buckets',
])

/** Whether it writes one value, and its answer has none in it to keep account of. */
export function isPlainWrite({ message: [, verb] }: OpenedMessage): boolean {
  return verb === 'put' || verb === 'increment'
}

export function isReading(opened: OpenedMessage): boolean {
  return opened.message[1] !== 'batch' && !isPlainWrite(opened)
}
