import type { CellStatement, EffectStatement, SqliteStatement } from './sqlite-driver.ts'

/** Tells how a statement is prepared, once it is needed. */
export type Prepare = (sql: string) => () => SqliteStatement

/** As `Prepare`, for rows that come as arrays. */
export type PrepareCells = (sql: string) => () => CellStatement

/** As `Prepare`, for what is run for its effect alone. */
export type PrepareEffect = (sql: string) => () => EffectStatement

type Prepared<Preparations> = {
  readonly [Name in keyof Preparations]: Preparations[Name] extends () => infer Statement
    ? Statement
    : never
}

/**
 * Has each statement prepared when it is first asked for, and kept: few programs use more than a
 * third of them, and preparing all of them took longer than reading the database at its opening.
 */
export function prepareAtFirstUse<Preparations extends Record<string, () => unknown>>(
  preparations: Preparations,
): Prepared<Preparations> {
  const statements = {}
  for (const [name, prepare] of Object.entries(preparations)) {
    let statement: unknown
    // Getters of one object are inlined where they are used; replacing them would not be.
    Object.defineProperty(statements, name, {
      get: () => {
        statement ??= prepare()
        return statement
      },
    })
  }
  return statements as Prepared<Preparations>
}
