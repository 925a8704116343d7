/** Runs the steps of a flow, one after the other. */
import { isDeepStrictEqual } from 'node:util'
import type { CallStep, Condition, Flow, GroupStep, Step } from './flow-file.ts'
import { fill, type Json, type Scope } from './references.ts'

/** What a function answers: the body, or what went wrong. */
export interface Answer {
  readonly status_code: number
  readonly body?: Json
  readonly error?: { readonly code: string; readonly message: string }
}

/** Calls a function by name. It resolves with failures, too. */
export type Call = (name: string, parameters: { [name: string]: Json }) => Promise<Answer>

export interface RunOptions {
  readonly call: Call
  /** What `${input}` stands for; default: nothing in it. */
  readonly input?: Json
  /** Is told of each call as soon as it is answered. */
  readonly onAnswer?: (step: CallStep, answer: Answer) => void
}

interface Run {
  readonly flow: Flow
  readonly call: Call
  readonly onAnswer: (step: CallStep, answer: Answer) => void
}

const roundsMax = 10_000

/**
 * Runs a flow to its end; answers its output.
 *
 * @throws {Error} naming flow and step, when a call fails with a status that the step does not
 * allow, a reference leads nowhere, or a loop does not end.
 */
export async function runFlow(flow: Flow, options: RunOptions): Promise<Json> {
  const { call, input = {}, onAnswer = () => undefined } = options
  const scope: Scope = { input, steps: {} }
  await runSteps({ flow, call, onAnswer }, flow.steps, scope)
  return explainedBy(`Flow "${flow.name}", output`, () => fill(flow.output ?? null, scope))
}

async function runSteps(run: Run, steps: readonly Step[], scope: Scope): Promise<void> {
  for (const step of steps) {
    const place = `Flow "${run.flow.name}", step "${step.id}"`
    const { when } = step
    if (when && !explainedBy(place, () => holds(when, scope))) {
      // What an earlier round of a loop left here must not be taken for an answer of this one.
      delete scope.steps[step.id]
      continue
    }
    const answer =
      'steps' in step ? await runGroup(run, step, scope) : await runCall(run, step, scope)
    scope.steps[step.id] = answer
  }
}

async function runCall(run: Run, step: CallStep, scope: Scope): Promise<Json> {
  const place = `Flow "${run.flow.name}", step "${step.id}"`
  const parameters = explainedBy(place, () => fill(step.parameters, scope))
  const answer = await run
    .call(step.function, parameters as { [name: string]: Json })
    .catch((cause: Error) => {
      throw new Error(`${place}: ${step.function} got no answer (${cause.message}).`, { cause })
    })
  run.onAnswer(step, answer)
  const { status_code, error } = answer
  if (status_code >= 400 && !step.allow.includes(status_code)) {
    const reason = error === undefined ? '' : `: ${error.code}. ${error.message}`
    throw new Error(`${place}: ${step.function} failed with ${status_code}${reason}`)
  }
  return answer as unknown as Json
}

/** Answers how many times the steps were run. */
async function runGroup(run: Run, step: GroupStep, scope: Scope): Promise<Json> {
  const { id, steps, for_each, until } = step
  const place = `Flow "${run.flow.name}", step "${id}"`
  if (for_each !== undefined) {
    const items = explainedBy(place, () => listFrom(for_each, scope))
    for (const item of items) await runSteps(run, steps, { ...scope, item })
    return { rounds: items.length }
  }
  for (let rounds = 1; rounds <= roundsMax; rounds++) {
    await runSteps(run, steps, scope)
    if (!until || explainedBy(place, () => holds(until, scope))) return { rounds }
  }
  throw new Error(`${place}: "until" did not come true within ${roundsMax} rounds.`)
}

function holds(condition: Condition, scope: Scope): boolean {
  const pair = 'equals' in condition ? condition.equals : condition.differs
  const [left, right] = pair.map((template) => fill(template, scope))
  return isDeepStrictEqual(left, right) === 'equals' in condition
}

function listFrom(template: Json, scope: Scope): Json[] {
  const items = fill(template, scope)
  if (Array.isArray(items)) return items
  throw new Error('"for_each" takes a list, and was given something else.')
}

/** Adds to an error where in the flow it came up. */
function explainedBy<Result>(place: string, work: () => Result): Result {
  try {
    return work()
  } catch (cause) {
    throw new Error(`${place}: ${(cause as Error).message}`, { cause })
  }
}
