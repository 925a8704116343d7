/**
 * A command as data: what it takes, what it says in the help, and the function that does it.
 * Everything that is the same for all of them happens here.
 */
import { type Command, Option } from 'commander'
import { KvasirError } from 'kvasir'
import {
  type Given,
  readSettings,
  type Setting,
  type SettingValues,
  toOptionName,
} from '../config/setting.ts'
import type { Io } from './io.ts'
import { Output } from './output.ts'

export interface Switch {
  readonly flag: string
  readonly help: string
}

/** `<key>` is a string, `[value]` may be missing, `<keys...>` and `[fields...]` are lists. */
type ArgumentValue<Shape> = Shape extends `<${string}...>` | `[${string}...]`
  ? readonly string[]
  : Shape extends `[${string}]`
    ? string | undefined
    : string

type Settings = Readonly<Record<string, Setting<unknown>>>
type Switches = Readonly<Record<string, Switch>>
type Shapes = readonly string[]

export interface Invocation<S extends Settings, W extends Switches, A extends Shapes> {
  readonly args: { readonly [Index in keyof A]: ArgumentValue<A[Index]> }
  readonly settings: SettingValues<S>
  readonly switches: { readonly [Name in keyof W]: boolean }
  /** What the settings were read from. */
  readonly given: Given
  readonly io: Io
  readonly out: Output
}

export interface CommandDefinition<S extends Settings, W extends Switches, A extends Shapes> {
  readonly name: string
  readonly args: A
  readonly summary: string
  /** Command lines without the leading `kvasir`. */
  readonly examples: readonly string[]
  readonly settings: S
  readonly switches: W
  /** Commands under this one: `kvasir functions new` beside `kvasir functions <directory>`. */
  readonly commands?: readonly AddCommand[]
  /** Whether the command itself ends when it is asked to stop; others are cut off. */
  readonly endsOnStop?: true
  /** Resolves with the exit code, if it is not 0. */
  readonly run: (invocation: Invocation<S, W, A>) => Promise<number | undefined>
}

/** Hangs a command into the program; `ended` is told the exit code. */
export type AddCommand = (parent: Command, io: Io, ended: (exitCode: number) => void) => void

const jsonSwitch = { flag: '--json', help: 'print JSON: one document, or one a line for many' }

export function defineCommand<
  const S extends Settings,
  const W extends Switches,
  const A extends Shapes,
>(definition: CommandDefinition<S, W, A>): AddCommand {
  return (parent, io, ended) => {
    const { name, args, summary, settings, switches, examples } = definition
    const command = parent.command([name, ...args].join(' ')).description(summary)
    for (const setting of Object.values(settings)) command.addOption(toOption(setting))
    for (const { flag, help } of Object.values(switches)) command.option(flag, help)
    command.option(jsonSwitch.flag, jsonSwitch.help)
    command.addHelpText('after', `\n${toExamples(examples)}`)
    for (const add of definition.commands ?? []) add(command, io, ended)
    command.action(async () => {
      const exitCode = await invoke(definition, command, io)
      ended(exitCode ?? 0)
    })
  }
}

function invoke<S extends Settings, W extends Switches, A extends Shapes>(
  { settings, switches, endsOnStop, run }: CommandDefinition<S, W, A>,
  command: Command,
  io: Io,
): Promise<number | undefined> {
  // An option that this command shares with the one above it may have been read by that.
  const options: Given['options'] = command.optsWithGlobals()
  const given: Given = { options, env: io.env }
  const chosen = Object.entries(switches).map(([name, { flag }]) => [
    name,
    options[toOptionName(flag)] === true,
  ])
  const running = run({
    args: command.processedArgs as unknown as Invocation<S, W, A>['args'],
    settings: readSettings(settings, given),
    switches: Object.fromEntries(chosen) as Invocation<S, W, A>['switches'],
    given,
    io,
    out: new Output(io, options.json === true),
  })
  return endsOnStop ? running : untilStopped(running, io.signal)
}

function toOption(setting: Setting<unknown>): Option {
  const notes = [
    setting.default === undefined || setting.help.includes('default:')
      ? undefined
      : `default: ${String(setting.default)}`,
    setting.env === undefined ? undefined : `env: ${setting.env}`,
  ].filter((note) => note !== undefined)
  const suffix = notes.length > 0 ? ` (${notes.join('; ')})` : ''
  return new Option(setting.flag, setting.help + suffix)
}

function toExamples(examples: readonly string[]): string {
  const lines = examples.map((example) => `  $ kvasir ${example}`)
  return ['Examples:', ...lines].join('\n')
}

function untilStopped<Result>(running: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const stop = (): void =>
      reject(
        new KvasirError('KV_ABORTED', 'The command was stopped before it was done.', {
          outcome: 'unknown',
        }),
      )
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    running.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
