/**
 * `kvasir/flows`: the functions as data, for those who offer them to others — servers, command
 * lines, agents. Applications call them through `project.flows()`.
 */
export type { FunctionName, ParametersOf, ResultOf } from './dialects/flows/all-functions.ts'
export {
  callFunction,
  durationSince,
  findFunction,
  toFailure,
} from './dialects/flows/call-function.ts'
export type { FlowScope } from './dialects/flows/define-function.ts'
export {
  describeFunctions,
  type FunctionDescription,
  type JsonSchema,
} from './dialects/flows/describe-functions.ts'
export type { FlowAnswer, FlowFailure, FlowMetadata, Flows } from './dialects/flows/flow-types.ts'
export { functionNames } from './dialects/flows/function-names.ts'
