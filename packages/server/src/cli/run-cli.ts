import { CommanderError } from 'commander'
import { errorCatalog, KvasirError } from 'kvasir'
import { type Io, writeTo } from './io.ts'
import { createProgram } from './program.ts'
import { reportError } from './report-error.ts'

/** Runs one command line to its end and answers the exit code. Never throws, never exits. */
export async function runCli(argv: readonly string[], io: Io): Promise<number> {
  const help = { out: '', err: '' }
  const isJson = asksForJson(argv)
  let exitCode = 0
  try {
    const program = await createProgram({
      io,
      output: {
        writeOut: (text) => {
          help.out += text
        },
        writeErr: (text) => {
          help.err += text
        },
        // What is wrong comes as an exception too, and is told like every other error.
        outputError: () => undefined,
      },
      ended: (code) => {
        exitCode = code
      },
    })
    await program.parseAsync(argv, { from: 'user' })
    return exitCode
  } catch (error) {
    if (!(error instanceof CommanderError)) return reportError(error, io, isJson)
    if (!isHelp(error)) return reportError(toUsageError(error), io, isJson)
    return printHelp(help, io)
  }
}

async function printHelp(help: { out: string; err: string }, io: Io): Promise<number> {
  try {
    if (help.out !== '') await writeTo(io.stdout, help.out)
    if (help.err !== '') await writeTo(io.stderr, help.err)
  } catch (error) {
    return reportError(error, io, false)
  }
  // Help that nobody asked for means that the command was missing.
  return help.err === '' ? 0 : errorCatalog.KV_INVALID_ARGUMENT.exitCode
}

function isHelp({ code }: CommanderError): boolean {
  return ['commander.help', 'commander.helpDisplayed', 'commander.version'].includes(code)
}

function toUsageError({ message }: CommanderError): KvasirError {
  const text = message.replace(/^error: /, '').replaceAll('\n', ' ')
  const sentence = text.charAt(0).toUpperCase() + text.slice(1)
  return new KvasirError(
    'KV_INVALID_ARGUMENT',
    `${sentence.replace(/([^.)])$/, '$1.')} Add --help to see what there is.`,
    { outcome: 'not-applied' },
  )
}

/** Even a command line that cannot be parsed is answered in the form it asks for. */
function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return (end < 0 ? argv : argv.slice(0, end)).includes('--json')
}
