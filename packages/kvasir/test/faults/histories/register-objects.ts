import type { Entry } from '../../../src/engine/entry.ts'
import type { UniqueInput, UniqueOutput } from '../linearizability/check-unique-register.ts'
import type { RegisterInput, RegisterOutput } from '../linearizability/register-model.ts'
import {
  commit,
  type Draw,
  looked,
  type Move,
  pick,
  revised,
  sights,
  text,
  textOf,
  tryCommit,
} from './move.ts'

/** A key that is only written and read. */
export function drawRegister(draw: Draw): Move<UniqueInput, UniqueOutput> {
  const key = 'register'
  if (draw.random() < 0.5) {
    const see = pick(sights, draw)
    return {
      input: { read: true },
      async make(board) {
        const entry = await see(board, key)
        return looked(textOf(entry), entry)
      },
    }
  }
  const value = draw.unique()
  return {
    input: { write: value },
    make: async (board) =>
      revised(null, await commit(board, [{ op: 'put', key, value: text(value) }])),
  }
}

type CellMove = Move<RegisterInput, RegisterOutput>

const cellKey = 'cell'

/** A key that is also written on conditions, and removed. */
export function drawCell(draw: Draw): CellMove {
  return pick([readCell, readCell, hasCell, swapCell, deleteCell, addCell, changeCell], draw)(draw)
}

function readCell(draw: Draw): CellMove {
  const see = pick(sights, draw)
  return {
    input: { reads: [0] },
    async make(board) {
      const entry = await see(board, cellKey)
      if (entry) draw.last.entry = entry
      return looked({ seen: [textOf(entry)] }, entry)
    },
  }
}

function hasCell(): CellMove {
  return {
    input: { reads: [0] },
    async make({ engine, at }) {
      const [result] = await engine.read(at, [{ key: cellKey, ttl: true }])
      return { answer: { isPresent: result?.ttlMs !== undefined } }
    },
  }
}

function swapCell({ unique }: Draw): CellMove {
  const value = unique()
  return {
    input: { reads: [0], writes: [[0, value]] },
    async make(board) {
      const put = { op: 'put', key: cellKey, value: text(value), previous: true } as const
      const result = await commit(board, [put])
      return revised({ seen: [textOf(result.previous)] }, result)
    },
  }
}

function deleteCell(): CellMove {
  return {
    input: { reads: [0], writes: [[0, null]] },
    async make(board) {
      const result = await commit(board, [{ op: 'delete', key: cellKey }])
      return revised({ isPresent: result.changed }, result)
    },
  }
}

function addCell({ unique }: Draw): CellMove {
  return putIf(unique(), { expected: null, condition: { ifAbsent: true } })
}

function changeCell(draw: Draw): CellMove {
  const { entry } = draw.last
  if (!entry) return readCell(draw)
  const condition = { ifRevision: entry.revision }
  return putIf(draw.unique(), { expected: textOf(entry), condition })
}

function putIf(
  value: string,
  { expected, condition }: { expected: string | null; condition: Condition },
): CellMove {
  return {
    input: { expects: [0, expected], writes: [[0, value]] },
    async make(board) {
      const put = { op: 'put', key: cellKey, value: text(value), ...condition } as const
      const committed = await tryCommit(board, [put])
      if (!committed.ok) {
        const { revision } = committed.conflict
        return { answer: { isMet: false }, ...(revision > 0 && { revision }) }
      }
      const [result] = committed.results
      return { answer: { isMet: true }, revision: result?.revision ?? 0, isNew: true }
    },
  }
}

type Condition = { readonly ifAbsent: true } | { readonly ifRevision: number }

const groupKeys = ['group:0', 'group:1', 'group:2'] as const

/** Three keys that are written and read together. */
export function drawGroup(draw: Draw): CellMove {
  return pick([readGroup, readGroup, listGroup, writeGroup, writeGroup, writePair], draw)(draw)
}

function readGroup(): CellMove {
  return {
    input: { reads: [0, 1, 2] },
    async make({ engine, at }) {
      const results = await engine.read(
        at,
        groupKeys.map((key) => ({ key })),
      )
      return seenTogether(results.map(({ entry }) => entry))
    },
  }
}

function listGroup(): CellMove {
  return {
    input: { reads: [0, 1, 2] },
    async make({ engine, at }) {
      const { entries } = await engine.list(at, { order: 'key', prefix: 'group:', limit: 9 })
      return seenTogether(
        groupKeys.map((key) => entries.find((each) => each.key === key) as Entry | undefined),
      )
    },
  }
}

/** The last revision among the keys is that of the group. */
function seenTogether(entries: readonly (Entry | undefined)[]) {
  const revision = Math.max(...entries.map((entry) => entry?.revision ?? 0))
  return { answer: { seen: entries.map(textOf) }, ...(revision > 0 && { revision }) }
}

function writeGroup({ unique }: Draw): CellMove {
  return writeCells([0, 1, 2], unique())
}

function writePair(draw: Draw): CellMove {
  const pairs: [number[], number[], number[]] = [
    [0, 1],
    [1, 2],
    [2, 0],
  ]
  return writeCells(pick(pairs, draw), draw.unique())
}

function writeCells(cells: readonly number[], value: string): CellMove {
  return {
    input: { writes: cells.map((cell) => [cell, value]) },
    async make(board) {
      const puts = cells.map((cell) => {
        return { op: 'put', key: groupKeys[cell] ?? '', value: text(value) } as const
      })
      return revised({}, await commit(board, puts))
    },
  }
}
