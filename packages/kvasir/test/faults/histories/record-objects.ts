import type { CounterInput } from '../linearizability/counter-model.ts'
import type { ListInput } from '../linearizability/list-model.ts'
import { commit, type Draw, looked, type Move, pick, revised, sights } from './move.ts'

/** A number under a key. */
export function drawCounter(draw: Draw): Move<CounterInput, number> {
  const key = 'counter'
  if (draw.random() < 0.4) {
    const see = pick(sights, draw)
    return {
      input: { add: 0 },
      async make(board) {
        const entry = await see(board, key)
        return looked(Number(entry?.value.data ?? 0), entry)
      },
    }
  }
  const by = pick([1, 2, 3], draw)
  return {
    input: { add: by },
    async make(board) {
      const result = await commit(board, [{ op: 'increment', key, by }])
      return revised(result.number ?? 0, result)
    },
  }
}

/** A number in a field of a record. */
export function drawTally(draw: Draw): Move<CounterInput, number> {
  const key = 'tally'
  if (draw.random() < 0.4) {
    return {
      input: { add: 0 },
      async make({ engine, at }) {
        const [result] = await engine.read(at, [{ key, fields: ['n'] }])
        const entry = result?.entry
        const { n = 0 } = entry ? (JSON.parse(String(entry.value.data)) as { n?: number }) : {}
        return looked(n, entry)
      },
    }
  }
  return {
    input: { add: 1 },
    async make(board) {
      const result = await commit(board, [{ op: 'increment', key, fields: [['n', 1]] }])
      return revised(result.numbers?.[0]?.[1] ?? 0, result)
    },
  }
}

type ListMove = Move<ListInput, readonly string[]>

/** A list that is long enough to be kept element by element, and begins with these. */
export const queueStart: readonly string[] = Array.from({ length: 80 }, (_, index) => `q${index}`)

/** A list in a record, empty at first, which clients add to and take from. */
export function drawList(draw: Draw): ListMove {
  return pick([append, append, take, peek, readList, readList], draw)('list', draw)
}

export function drawQueue(draw: Draw): ListMove {
  return pick([append, take, peek, readList], draw)('queue', draw)
}

function append(key: string, draw: Draw): ListMove {
  const elements = Array.from({ length: pick([1, 2], draw) }, draw.unique)
  return {
    input: { append: elements },
    async make(board) {
      const data = elements.map((element) => {
        return { kind: 'json', data: JSON.stringify(element) } as const
      })
      return revised([], await commit(board, [{ op: 'append', key, fields: [['items', data]] }]))
    },
  }
}

function take(key: string, draw: Draw): ListMove {
  const count = pick([1, 2], draw)
  return {
    input: { take: count },
    async make(board) {
      const result = await commit(board, [{ op: 'shift', key, fields: [['items', count]] }])
      return revised(texts(result.elements?.[0]?.[1]), result)
    },
  }
}

function peek(key: string, draw: Draw): ListMove {
  const count = pick([1, 5, 200], draw)
  return {
    input: { peek: count },
    async make({ engine, at }) {
      const [result] = await engine.read(at, [{ key, peek: [['items', count]] }])
      return { answer: texts(result?.elements?.[0]?.[1]) }
    },
  }
}

function readList(key: string, draw: Draw): ListMove {
  const see = pick(sights, draw)
  return {
    input: { peek: 1000 },
    async make(board) {
      const entry = await see(board, key)
      if (!entry) return { answer: [] }
      const { items = [] } = JSON.parse(String(entry.value.data)) as { items?: string[] }
      return looked(items, entry)
    },
  }
}

function texts(elements: readonly { readonly data: unknown }[] = []): string[] {
  return elements.map(({ data }) => {
    const value = String(data)
    return value.startsWith('"') ? (JSON.parse(value) as string) : value
  })
}
