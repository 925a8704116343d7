/** The functions of a directory: loaded, and loaded anew when their files change. */
import { KvasirError } from 'kvasir'
import { type FunctionFile, findFunctions, nameOf } from './find-functions.ts'
import { FunctionTable } from './function-table.ts'
import { type LoadedFunction, loadFunction } from './load-function.ts'
import { LoadFailure } from './modules/load-failure.ts'
import { ModuleRegistry } from './modules/module-registry.ts'

export interface Loading {
  /** Told before a file runs for the first time, and after. */
  readonly began: (found: FunctionFile) => Promise<void>
  readonly ended: () => void
  /** Why a file must not be run, where it took the process down before. */
  readonly refusalOf: (found: FunctionFile) => Promise<string | undefined>
}

export class FunctionSet {
  readonly #root: string
  readonly #loading: Loading
  readonly #registry: ModuleRegistry
  #byFile: ReadonlyMap<string, LoadedFunction> = new Map()
  #table = new FunctionTable<LoadedFunction>()
  #refreshing: Promise<unknown> = Promise.resolve()

  constructor(root: string, loading: Loading) {
    this.#root = root
    this.#loading = loading
    this.#registry = new ModuleRegistry(root)
  }

  get functions(): Iterable<LoadedFunction> {
    return this.#byFile.values()
  }

  find(path: readonly string[]) {
    return this.#table.find(path)
  }

  /**
   * Takes in what has changed on the disk, one time after another; answers the functions that were
   * loaded. Requests that run go on with what they began with.
   */
  refresh(changed: ReadonlySet<string> = new Set()): Promise<readonly LoadedFunction[]> {
    const refreshed = this.#refreshing.then(() => this.#refresh(changed))
    this.#refreshing = refreshed.catch(() => undefined) // Whoever asked is told.
    return refreshed
  }

  async #refresh(changed: ReadonlySet<string>): Promise<readonly LoadedFunction[]> {
    const found = await findFunctions(this.#root)
    this.#registry.forget(changed)
    const byFile = new Map<string, LoadedFunction>()
    const loaded: LoadedFunction[] = []
    for (const each of found) {
      const known = this.#byFile.get(each.file)
      const isCurrent = known && known.failure === undefined && !isTouched(known, changed)
      const current = isCurrent ? known : await this.#load(each)
      byFile.set(each.file, current)
      if (!isCurrent) loaded.push(current)
    }
    this.#byFile = byFile
    this.#table = tableOf(byFile.values(), this.#root)
    return loaded
  }

  async #load(found: FunctionFile): Promise<LoadedFunction> {
    const refusal = await this.#loading.refusalOf(found)
    if (refusal !== undefined) {
      const failure = new LoadFailure(refusal)
      return { ...found, subHandlers: new Map(), failure, files: new Set([found.file]) }
    }
    await this.#loading.began(found)
    try {
      return await loadFunction(found, this.#registry)
    } finally {
      this.#loading.ended()
    }
  }
}

function isTouched({ files }: LoadedFunction, changed: ReadonlySet<string>): boolean {
  for (const file of changed) if (files.has(file)) return true
  return false
}

function tableOf(functions: Iterable<LoadedFunction>, root: string): FunctionTable<LoadedFunction> {
  const table = new FunctionTable<LoadedFunction>()
  for (const each of functions) {
    const rival = table.get(each.route)
    table.set(each.route, rival ? ambiguous(each, nameOf(rival.file, root)) : each)
  }
  return table
}

function ambiguous(each: LoadedFunction, rival: string): LoadedFunction {
  const failure = new KvasirError(
    'KV_FUNCTION_NOT_LOADED',
    `${rival} and ${each.name} both answer /${each.route.join('/')}. Remove or rename one of them.`,
  )
  const { file, name, route, files } = each
  return { file, name, route, files, subHandlers: new Map(), failure }
}
