// The process of one engine: opens it, fills it, and runs what the bench asks for. Each engine has
// a process of its own, so that neither heaps nor compiled code mix.

import { isDeepStrictEqual } from 'node:util'
import { answerRequests } from './answer-requests.ts'
import { createDataSet, type DataSet, entriesBetween } from './data-set.ts'
import type { Connection } from './engines/engine.ts'
import { engineNamed } from './engines/engine-list.ts'
import type { Request } from './worker-protocol.ts'
import type { Outcome } from './workloads/workload.ts'
import { workloadNamed } from './workloads/workload-list.ts'

let state: { readonly connection: Connection; readonly data: DataSet } | undefined

answerRequests(carryOut)

async function carryOut(request: Request): Promise<Outcome | undefined> {
  if (request.kind === 'open') {
    state = await open(request)
    return undefined
  }
  if (!state) throw new Error('No engine is open.')
  const { connection, data } = state
  if (request.kind === 'run') {
    const { workload, ms, start } = request
    return workloadNamed(workload).run({ connection, data, ms, start })
  }
  await connection.close()
  return undefined
}

async function open({
  engine,
  directory,
  keyCount,
  valueBytes,
  isNew,
}: Request & { kind: 'open' }) {
  const data = createDataSet(keyCount, valueBytes)
  const connection = await engineNamed(engine).open(directory)
  if (isNew) {
    const entries = entriesBetween(data, 0, keyCount)
    await connection.load(entries)
    await checkLoaded(connection, entries)
    globalThis.gc?.()
  }
  return { connection, data }
}

/** Proves that the store has what it was given: a fast store that loses values wins nothing. */
async function checkLoaded(
  connection: Connection,
  entries: ReturnType<typeof entriesBetween>,
): Promise<void> {
  const stride = Math.ceil(entries.length / 100)
  for (let index = 0; index < entries.length; index += stride) {
    const [key, value] = entries[index] as (typeof entries)[number]
    if (!isDeepStrictEqual(await connection.get(key), value)) {
      throw new Error(`The value of ${key} did not come back as it was stored.`)
    }
  }
}
