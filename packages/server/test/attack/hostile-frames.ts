/** Frames of the socket that hold what no client of ours would send. */
import type { SocketClient } from '../socket/socket-client.ts'
import { hostileString, hostileValue, naughtyStrings, toBodyText } from './hostile-values.ts'
import type { Seeded } from './seeded.ts'

const verbs = ['get', 'put', 'batch', 'read']
const endings = new Set([1007, 1009, 4401])

const bodies = [
  '{"operations":[]}',
  '{"operations":[{"op":"put","key":"a","value":1}]}',
  '{"reads":[{"key":"a"}]}',
  '{"__proto__":{"polluted":true},"operations":[]}',
  `{"operations":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
  '{"operations":[{"op":"put","key":"a\\u0000","value":"\\ud800"}]}',
  '{',
  '',
  '\0',
]

/** A frame whose lengths hold, and whose messages may be anything. */
export function hostileFrame(seed: Seeded): Buffer {
  const values: Buffer[] = []
  const messages = Array.from({ length: 1 + seed.below(4) }, (_, index) => {
    const value = valueBytes(seed)
    values.push(value)
    const id = seed.below(8) === 0 ? seed.pick([1, 2 ** 53 - 1, 1e300, -1, 0, 'a']) : index + 1
    const verb = seed.below(12) === 0 ? hostileValue(seed) : seed.pick(verbs)
    const bytes = seed.below(12) === 0 ? seed.pick([-1, 2 ** 40, 0.5, null, 1]) : value.byteLength
    return [id, verb, bytes, ...membersOf(seed)]
  })
  const head = Buffer.from(toBodyText(messages))
  if (seed.below(20) === 0) head[seed.below(head.byteLength)] = seed.pick([0, 0x22, 0xc0, 0xff])
  const length = Buffer.alloc(4)
  length.writeUInt32LE(seed.below(20) === 0 ? seed.below(2 ** 31) : head.byteLength)
  return Buffer.concat([length, head, ...values])
}

function membersOf(seed: Seeded): unknown[] {
  const valid = ['default', 'default', `id-${seed.below(1000)}`, 'a', 'json', null]
  const at = seed.below(valid.length)
  const hostile = seed.below(2) === 0 ? hostileValue(seed) : hostileString(seed)
  return valid.map((member, index) => (index === at ? hostile : member)).slice(0, 1 + seed.below(7))
}

function valueBytes(seed: Seeded): Buffer {
  if (seed.below(10) === 0) return Buffer.from([0xff, 0xc0, 0xaf, 0xed, 0xa0, 0x80])
  return Buffer.from(seed.below(2) === 0 ? seed.pick(bodies) : seed.pick(naughtyStrings))
}

/**
 * Sends a frame, and answers what is wrong with what became of it: each message is answered with
 * what a request could be, or the connection ends with the reason.
 */
export async function offencesOf(client: SocketClient, frame: Buffer): Promise<string[]> {
  client.sendBytes(frame)
  // Nobody knows how many answers there will be, but this one comes after them.
  client.send([[askedLast, 'get', ['default', 'default', 'absent']]])
  const ended = client.closed.then((code) => ({ code }))
  const outcome = await Promise.race([client.reply(askedLast).catch(() => ended), ended])
  const offences = client.replies
    .filter(({ status }) => status >= 500)
    .map(({ status, rest }) => `is ${status}: ${JSON.stringify(rest)}`)
  if ('code' in outcome && !endings.has(outcome.code)) offences.push(`closed with ${outcome.code}`)
  return offences.map((offence) => `${frame.toString('latin1').slice(0, 500)} ${offence}`)
}

const askedLast = 1_000_000
