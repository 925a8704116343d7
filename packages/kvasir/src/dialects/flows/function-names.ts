/**
 * The names of all functions. They stand here by themselves so that `project.flows()` has its
 * methods without loading what validates.
 */
export const functionNames = [
  'kv-bucket-create',
  'kv-bucket-get',
  'kv-bucket-list',
  'kv-bucket-update',
  'kv-bucket-delete',
  'kv-bucket-purge',
  'kv-key-put',
  'kv-key-get',
  'kv-key-list',
  'kv-key-history',
  'kv-key-increment',
  'kv-keys-put',
  'kv-key-delete',
  'kv-key-purge',
] as const

export type FunctionName = (typeof functionNames)[number]

/** `kv-key-put` as a method: `kvKeyPut`. */
export type MethodName<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<MethodName<Tail>>}`
  : Name

export function methodNameOf(name: string): string {
  return name.replaceAll(/-([a-z])/g, (_dash, letter: string) => letter.toUpperCase())
}
