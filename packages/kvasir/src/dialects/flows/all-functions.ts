import type { z } from 'zod'
import type { FlowContext, FlowTraits } from './define-function.ts'
import type { FunctionName } from './function-names.ts'
import { bucketCreate } from './functions/bucket-create.ts'
import { bucketGet, bucketList } from './functions/bucket-reading.ts'
import { bucketDelete, bucketPurge } from './functions/bucket-removal.ts'
import { bucketUpdate } from './functions/bucket-update.ts'
import { keyGet, keyHistory, keyList } from './functions/key-reading.ts'
import { keyDelete, keyPurge } from './functions/key-removal.ts'
import { keyIncrement, keyPut, keysPut } from './functions/key-writing.ts'

/** Any function, when which one it is is known only to the caller. */
export interface AnyFunction extends FlowTraits {
  readonly name: FunctionName
  readonly parameters: z.ZodObject
  readonly result: z.ZodType
  readonly examples: readonly object[]
  run(context: FlowContext, parameters: never): Promise<unknown>
}

/** Every function there is, by its name. */
export const allFunctions = {
  [bucketCreate.name]: bucketCreate,
  [bucketGet.name]: bucketGet,
  [bucketList.name]: bucketList,
  [bucketUpdate.name]: bucketUpdate,
  [bucketDelete.name]: bucketDelete,
  [bucketPurge.name]: bucketPurge,
  [keyPut.name]: keyPut,
  [keyGet.name]: keyGet,
  [keyList.name]: keyList,
  [keyHistory.name]: keyHistory,
  [keyIncrement.name]: keyIncrement,
  [keysPut.name]: keysPut,
  [keyDelete.name]: keyDelete,
  [keyPurge.name]: keyPurge,
} as const satisfies Readonly<Record<FunctionName, AnyFunction>>

type AllFunctions = typeof allFunctions

export type { FunctionName }

/** What a function takes. */
export type ParametersOf<Name extends FunctionName> = z.input<AllFunctions[Name]['parameters']>

/** What a function answers. */
export type ResultOf<Name extends FunctionName> = z.output<AllFunctions[Name]['result']>
