/** What an object does when its operations come one after the other. */
export interface Model<State extends string | number, Input, Output> {
  readonly initial: State
  /**
   * The state afterwards; `undefined` when the operation cannot have been answered so in this
   * state. Without an output, any answer will do.
   */
  step(state: State, input: Input, output: Output | undefined): State | undefined
  /** Whether an operation that was answered so leaves every state as it is, as reads do. */
  isPure(input: Input, output: Output | undefined): boolean
}
