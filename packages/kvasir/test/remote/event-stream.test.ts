import { describe, expect, it } from 'vitest'
import { EventStreamReader, writeStreamEvent } from '../../src/protocol/event-stream.ts'

const encoder = new TextEncoder()

function readInPieces(text: string, pieceLength: number) {
  const bytes = encoder.encode(text)
  const reader = new EventStreamReader()
  const starts = Array.from({ length: Math.ceil(bytes.length / pieceLength) }, (_, index) => index)
  return starts.flatMap((index) =>
    reader.push(bytes.subarray(index * pieceLength, (index + 1) * pieceLength)),
  )
}

describe('reading an event stream', () => {
  const lines = [': comment', 'event: put', 'id: 7', 'data: {"a":"é🔑\u2028"}', '', 'data: x', '']

  it.each([
    ['LF', '\n'],
    ['CR LF', '\r\n'],
    ['CR', '\r'],
  ])('gives the same events wherever it is cut, with lines that end in %s', (_, end) => {
    const text = lines.map((line) => line + end).join('')
    const whole = readInPieces(text, 1000)

    expect(whole).toEqual([
      { event: 'put', id: '7', data: '{"a":"é🔑\u2028"}' },
      { event: 'message', data: 'x' },
    ])
    for (let pieceLength = 1; pieceLength < 20; pieceLength++) {
      expect(readInPieces(text, pieceLength)).toEqual(whole)
    }
  })

  it('joins lines of data, and takes a single space after a colon away', () => {
    expect(readInPieces('data:  a\ndata:b\ndata\n\n', 3)).toEqual([
      { event: 'message', data: ' a\nb\n' },
    ])
  })

  it('gives nothing for what is not finished, or has no data', () => {
    expect(readInPieces('event: put\n\n: still here\n\nid: 3\ndata: a', 2)).toEqual([])
  })

  it('gives an id that comes alone', () => {
    expect(readInPieces(': still here\nid: 3\n\n', 2)).toEqual([
      { event: 'message', data: '', id: '3' },
    ])
  })

  it('reads what is written', () => {
    const event = { event: 'put', id: '1', data: '{"key":"\\r\\n"}' }

    expect(readInPieces(writeStreamEvent(event), 2)).toEqual([event])
  })

  it('takes a long line in many pieces in time that grows no faster than it', () => {
    const data = 'x'.repeat(4_000_000)
    const reader = new EventStreamReader()
    const bytes = encoder.encode(`data: ${data}\n\n`)
    const startMs = performance.now()

    const events = []
    for (let start = 0; start < bytes.length; start += 1000) {
      events.push(...reader.push(bytes.subarray(start, start + 1000)))
    }

    expect(events).toEqual([{ event: 'message', data }])
    expect(performance.now() - startMs).toBeLessThan(2000)
  })
})
