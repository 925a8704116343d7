/** Loads a file and finds in its exports what answers requests. */
import type { Request, Response } from 'express'
import type { FunctionFile } from './find-functions.ts'
import { LoadFailure } from './modules/load-failure.ts'
import type { ModuleRegistry } from './modules/module-registry.ts'

export type Handler = (req: Request, res: Response) => unknown

/** A file that has been loaded, or the reason why it could not be. */
export interface LoadedFunction extends FunctionFile {
  /** Answers its route and what is below. */
  readonly handler?: Handler
  /** Answer the path below its route that is their name. */
  readonly subHandlers: ReadonlyMap<string, Handler>
  readonly failure?: unknown
  /** All files that it is made of. */
  readonly files: ReadonlySet<string>
}

export async function loadFunction(
  found: FunctionFile,
  registry: ModuleRegistry,
): Promise<LoadedFunction> {
  const files = await registry.prepare(found.file)
  try {
    const handlers = handlersOf(registry.run(found.file))
    return { ...found, ...handlers, files }
  } catch (failure) {
    return { ...found, subHandlers: new Map(), failure, files }
  }
}

const whatToExport =
  'Export a function: "module.exports = async (req, res) => { … }", or "export default" in an ES module.'

function handlersOf(exports: unknown): Pick<LoadedFunction, 'handler' | 'subHandlers'> {
  const main = isFunction(exports) ? exports : memberOf(exports, 'default')
  // With a default export of CommonJS, the further functions are members of that.
  const holders = [exports, main].filter(isObject)
  const members = holders.flatMap((holder) => Object.entries(holder))
  const subHandlers = new Map(
    members.filter((member): member is [string, Handler] => isSubHandler(...member)),
  )
  if (isFunction(main)) return { handler: main, subHandlers }
  if (subHandlers.size > 0) return { subHandlers }
  throw new LoadFailure(`It exports ${describe(exports)}, and no function. ${whatToExport}`)
}

function isSubHandler(name: string, member: unknown): boolean {
  return isFunction(member) && name !== 'default' && !name.startsWith('_')
}

function isFunction(value: unknown): value is Handler {
  // A class is a function that must not be called.
  return typeof value === 'function' && !/^class\b/.test(Function.prototype.toString.call(value))
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

function memberOf(exports: unknown, name: string): unknown {
  return isObject(exports) ? (exports as Record<string, unknown>)[name] : undefined
}

function describe(exports: unknown): string {
  if (!isObject(exports)) return typeof exports === 'string' ? 'a text' : String(exports)
  const names = Object.keys(exports)
  if (names.length === 0) return 'nothing'
  return `an object with ${names.slice(0, 5).join(', ')}`
}
