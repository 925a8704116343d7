/** Writes a function to start from, and what makes an editor know the globals. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { KvasirError } from 'kvasir'
import { isServed } from './find-functions.ts'

export interface Starter {
  /** `hello`, or `api/users` in a folder. */
  readonly name: string
  readonly directory: string
  readonly isTypeScript: boolean
}

/**
 * Writes the files and answers their paths; a configuration that is there is left as it is.
 *
 * @throws {KvasirError} `KV_INVALID_ARGUMENT` when the name is not one for a function, or its file
 * exists.
 */
export async function writeStarter(starter: Starter): Promise<{ readonly files: string[] }> {
  const { name, directory, isTypeScript } = starter
  checkName(name)
  const file = join(directory, `${name}.${isTypeScript ? 'ts' : 'js'}`)
  const isWritten = await write(file, isTypeScript ? typeScriptStarter : javaScriptStarter)
  if (!isWritten) throw invalid(`${JSON.stringify(file)} exists already. Choose another name.`)
  const configuration = join(directory, isTypeScript ? 'tsconfig.json' : 'jsconfig.json')
  const isConfigured = await write(configuration, configurationFor(isTypeScript))
  return { files: isConfigured ? [file, configuration] : [file] }
}

function checkName(name: string): void {
  const parts = name.split('/')
  const isName = parts.every((part) => /^[a-z\d-][\w.-]*$/i.test(part))
  if (isName && parts.every(isServed) && isServed(`${parts.at(-1)}.js`)) return
  throw invalid(
    `${JSON.stringify(name)} cannot be the name of a function. Take letters, digits, "-" and "_" (not first), with "/" between folders, and leave the ending out.`,
  )
}

/** Whether the file was written; one that is there is not touched. */
async function write(file: string, text: string): Promise<boolean> {
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text, { flag: 'wx' })
    return true
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    throw invalid(`${JSON.stringify(file)} cannot be written (${code}).`, cause)
  }
}

const javaScriptStarter = `// Counts its visits. What is awaited on "kv" is kept, over restarts too.
/** @type {FunctionHandler} */
module.exports = async (req, res) => {
  const visits = await kv.increment('visits')
  res.json({ hello: req.query.name ?? 'world', visits })
}
`

const typeScriptStarter = `// Counts its visits. What is awaited on "kv" is kept, over restarts too.
const handler: FunctionHandler = async (req, res) => {
  const visits = await kv.increment('visits')
  res.json({ hello: req.query.name ?? 'world', visits })
}

export default handler
`

/** What the types of the globals come with, for an editor to know them. */
export const typePackages = ['kvasir', '@types/node'] as const

/** Strict, but for what plain JavaScript cannot say: the types of parameters and of errors. */
const scriptOptions = { noImplicitAny: false, useUnknownInCatchVariables: false }

function configurationFor(isTypeScript: boolean): string {
  const compilerOptions = {
    target: 'ES2022',
    // Each file is of the kind that it is written as, as to the host.
    module: 'Preserve',
    noEmit: true,
    skipLibCheck: true,
    allowJs: true,
    checkJs: true,
    strict: true,
    ...(!isTypeScript && scriptOptions),
    types: ['node', 'kvasir/functions'],
  }
  return `${JSON.stringify({ compilerOptions }, null, 2)}\n`
}

function invalid(message: string, cause?: unknown): KvasirError {
  return new KvasirError('KV_INVALID_ARGUMENT', message, { cause })
}
