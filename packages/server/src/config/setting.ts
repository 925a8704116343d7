/** A setting, declared once: where it is given, what it takes, and what it says in the help. */
export interface Setting<Value> {
  /** As commander takes it: `'--port <number>'`. */
  readonly flag: string
  readonly env?: string
  /** What holds when it is not given; without one it is `undefined`. */
  readonly default?: Value
  readonly help: string
  /** Reads the text that was given; `from` names the flag or the variable for the error. */
  readonly parse: (text: string, from: string) => Value
}

/** Where values come from: parsed options by commander's names, and the environment. */
export interface Given {
  readonly options: Readonly<Record<string, unknown>>
  readonly env: Readonly<Record<string, string | undefined>>
}

/** The value of one setting: the flag, else the variable, else the default. */
export type SettingValue<Declared> = Declared extends {
  readonly parse: (text: string, from: string) => infer Value
}
  ? Declared extends { readonly default: unknown }
    ? Value
    : Value | undefined
  : never

export type SettingValues<Declared> = {
  readonly [Name in keyof Declared]: SettingValue<Declared[Name]>
}

/**
 * Reads settings from what was given. An empty variable counts as not set.
 *
 * @throws {KvasirError} `KV_INVALID_ARGUMENT` naming the flag or variable that is not understood.
 */
export function readSettings<const Declared extends Readonly<Record<string, Setting<unknown>>>>(
  declared: Declared,
  given: Given,
): SettingValues<Declared> {
  const values = Object.entries(declared).map(([name, setting]) => [
    name,
    readSetting(setting, given),
  ])
  return Object.fromEntries(values) as SettingValues<Declared>
}

function readSetting(setting: Setting<unknown>, { options, env }: Given): unknown {
  const { flag, parse } = setting
  const [name = flag] = flag.split(' ')
  const option = options[toOptionName(name)]
  if (typeof option === 'string') return parse(option, name)
  const variable = setting.env === undefined ? undefined : env[setting.env]
  if (setting.env !== undefined && variable) return parse(variable, setting.env)
  return setting.default
}

/** The name that commander gives to what a flag says: `--token-file` becomes `tokenFile`. */
export function toOptionName(flag: string): string {
  const name = flag.replace(/^--(no-)?/, '')
  return name.replaceAll(/-([a-z])/g, (_dash, letter: string) => letter.toUpperCase())
}
