import type { ToldCommit } from 'kvasir/engine'
import { describe, expect, it } from 'vitest'
import { AnswerSender } from '../../src/socket/answer-sender.ts'
import { CallRoom } from '../../src/socket/call-room.ts'
import { PlainWrites } from '../../src/socket/plain-writes.ts'

describe('plain writes', () => {
  it('go on after an engine that threw instead of telling', () => {
    const begun: ToldCommit[] = []
    let wentOn = 0
    let throws = true
    const writes = new PlainWrites({
      engine: {
        commitEach(commits) {
          if (throws) throw new Error('a defect')
          begun.push(...commits)
        },
      },
      sender: new AnswerSender({ readyState: 3, bufferedAmount: 0 } as never, {
        onTaken: () => undefined,
        onSent: () => undefined,
      }),
      room: new CallRoom(() => 0),
      figures: undefined,
      tell: (error) => error,
      goOn: () => wentOn++,
    })
    const grant = { id: 't', project: 'shop', scopes: ['write'] } as const
    const ask = (id: number): void => {
      const message = [id, 'increment', 0, 'shop', 'default', `key-${id}`, 'visits', 1] as const
      writes.add({ message, value: new Uint8Array(), grant })
      writes.begin({ atOnce: true })
    }

    expect(() => ask(1)).toThrow('a defect')
    throws = false
    ask(2)
    begun[0]?.committed({ ok: true, results: [{ changed: true, revision: 1, number: 1 }] })

    expect(begun).toHaveLength(1)
    expect(wentOn).toBe(1)
  })
})
