import type { UniqueInput, UniqueOutput } from './check-unique-register.ts'
import type { Operation } from './history.ts'
import type { RegisterInput, RegisterOutput } from './register-model.ts'

/** The same operation, as the model of a single cell takes it. */
export function toRegister({
  input,
  output,
  ...times
}: Operation<UniqueInput, UniqueOutput>): Operation<RegisterInput, RegisterOutput> {
  return 'write' in input
    ? { ...times, input: { writes: [[0, input.write]] }, output: {} }
    : { ...times, input: { reads: [0] }, output: { seen: [output ?? null] } }
}
