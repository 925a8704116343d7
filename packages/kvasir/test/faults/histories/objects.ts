import { checkTraced } from '../linearizability/check-traced.ts'
import { checkUniqueRegister } from '../linearizability/check-unique-register.ts'
import { counterModel } from '../linearizability/counter-model.ts'
import type { History, Operation, Verdict } from '../linearizability/history.ts'
import { listModel, listTraces } from '../linearizability/list-model.ts'
import type { Model } from '../linearizability/model.ts'
import { registerModel, registerTraces } from '../linearizability/register-model.ts'
import { toRegister } from '../linearizability/to-register.ts'
import { type Revised, revisedTraces, withRevisions } from '../linearizability/with-revisions.ts'
import type { Draw, Move } from './move.ts'
import { drawCounter, drawList, drawQueue, drawTally, queueStart } from './record-objects.ts'
import { drawCell, drawGroup, drawRegister } from './register-objects.ts'

/** An object that clients share: what they do to it, and whether their answers make sense. */
export interface SharedObject<Input = unknown, Output = unknown> {
  draw(draw: Draw): Move<Input, Output>
  check(history: History<Input, Revised<Output>>): Verdict
}

const counterTraces = { writtenBy: () => [], shownBy: () => [] }

const objects = {
  register: object(drawRegister, (history) => {
    const plain = history.map((each) => ({ ...each, output: each.output?.answer ?? null }))
    const byZones = checkUniqueRegister(plain)
    if (byZones.verdict !== 'linearizable') return byZones
    return checkCells(1, history.map(toRevisedRegister))
  }),
  cell: object(drawCell, (history) => checkCells(1, history)),
  group: object(drawGroup, (history) => checkCells(3, history)),
  counter: object(drawCounter, (history) => check(counterModel, history, counterTraces)),
  tally: object(drawTally, (history) => check(counterModel, history, counterTraces)),
  list: object(drawList, (history) => check(listModel, history, listTraces)),
  queue: object(drawQueue, (history) =>
    check({ ...listModel, initial: queueStart.join() }, history, listTraces),
  ),
}

export type ObjectName = keyof typeof objects

export const objectNames = Object.keys(objects) as [ObjectName, ...ObjectName[]]

export function objectNamed(name: ObjectName): SharedObject {
  return objects[name]
}

/** What is done and said is only ever compared by the object itself. */
function object<Input, Output>(
  draw: SharedObject<Input, Output>['draw'],
  check: SharedObject<Input, Output>['check'],
): SharedObject {
  return { draw, check: check as SharedObject['check'] }
}

function check<State extends string | number, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Revised<Output>>,
  traces: Parameters<typeof revisedTraces<Input, Output>>[0],
): Verdict {
  return checkTraced(withRevisions(model), history, revisedTraces(traces))
}

type Cells = Parameters<typeof toRegister>[0]
type CellHistory = History<
  ReturnType<typeof toRegister>['input'],
  Revised<NonNullable<ReturnType<typeof toRegister>['output']>>
>

function checkCells(cells: number, history: CellHistory): Verdict {
  return check(registerModel(cells), history, registerTraces)
}

function toRevisedRegister(
  operation: Operation<Cells['input'], Revised<string | null>>,
): CellHistory[number] {
  const { input, output = {} } = toRegister({
    ...operation,
    output: operation.output?.answer ?? null,
  })
  return {
    ...operation,
    input,
    output: operation.output && { ...operation.output, answer: output },
  }
}
