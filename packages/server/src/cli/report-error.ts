import { errorCatalog, KvasirError } from 'kvasir'
import { toProblem } from 'kvasir/protocol'
import { type Io, OutputClosed, writeTo } from './io.ts'
import { colorsFor } from './output.ts'

/** Tells of a failure on stderr and answers the exit code that follows from it. */
export async function reportError(thrown: unknown, io: Io, isJson: boolean): Promise<number> {
  // `kvasir ls | head` is no failure.
  if (thrown instanceof OutputClosed) return 0
  const error = KvasirError.from(thrown)
  const colors = colorsFor(io.stderr, io.env)
  const message = withoutSecrets(error.message)
  const text = isJson
    ? JSON.stringify({ ...toProblem(error), detail: message })
    : `${colors.red('kvasir:')} ${message} ${colors.dim(`(${error.code})`)}`
  try {
    await writeTo(io.stderr, `${text}\n`)
  } catch (unheard) {
    // With stderr closed, the exit code is all that is left to tell.
    if (!(unheard instanceof OutputClosed)) throw unheard
  }
  return errorCatalog[error.code].exitCode
}

/** Messages quote arguments, and a token may be typed where something else belongs. */
function withoutSecrets(message: string): string {
  return message.replaceAll(/kv_[A-Za-z0-9_-]{16,}/g, 'kv_…')
}
