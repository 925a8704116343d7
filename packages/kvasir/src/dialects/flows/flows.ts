import type { Engine } from '../../engine/engine.ts'
import type { Flows } from './flow-types.ts'
import { functionNames, methodNameOf } from './function-names.ts'

export interface FlowParts {
  /** The engine behind the checks. */
  readonly engine: Engine
  readonly project: string
}

/** The functions of a project. What validates their parameters is loaded with the first call. */
export function createFlows(parts: FlowParts): Flows {
  const call: Flows['call'] = async (name, parameters?: unknown, options = {}) => {
    const { callFunction } = await load()
    return callFunction({ ...parts, options }, { name, parameters }) as never
  }
  const methods = functionNames.map((name) => [
    methodNameOf(name),
    (...given: unknown[]) => call<string>(name, ...given),
  ])
  return { call, ...Object.fromEntries(methods) } as Flows
}

let loading: Promise<typeof import('./call-function.ts')> | undefined

function load(): Promise<typeof import('./call-function.ts')> {
  loading ??= import('./call-function.ts')
  return loading
}
