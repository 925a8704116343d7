/**
 * The modules of a project's functions: compiled, linked, run once each, and run anew when a file
 * changes. Node's own registry would keep the first version of a file for ever.
 */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { relative } from 'node:path'
import { isModuleNamespaceObject } from 'node:util/types'
import {
  type CompiledModule,
  compileModule,
  dynamicMark,
  importMark,
  isCode,
} from './compile-module.ts'
import { LoadFailure } from './load-failure.ts'
import { importerAt, runModule } from './run-module.ts'

type Compiled =
  | CompiledModule
  | { readonly file: string; readonly text: string; readonly json: unknown }
type Outcome<Value> = { readonly value: Value } | { readonly failure: unknown }

interface Instance {
  readonly module: { exports: unknown }
  /** Set where running it failed, so that it is not run again for the next who asks. */
  failure?: unknown
}

export class ModuleRegistry {
  readonly #root: string
  readonly #compiled = new Map<string, Outcome<Compiled>>()
  /** What `import` of a package gave, by the file that imports and the specifier. */
  readonly #packages = new Map<string, Outcome<unknown>>()
  readonly #instances = new Map<string, Instance>()

  constructor(root: string) {
    this.#root = root
  }

  /** The files that a file leads to, itself included, as far as they can be compiled. */
  async prepare(file: string): Promise<ReadonlySet<string>> {
    const files = new Set<string>()
    const waiting = [file]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (files.has(next)) continue
      files.add(next)
      const outcome = await this.#compile(next)
      if ('failure' in outcome || 'json' in outcome.value) continue
      waiting.push(...outcome.value.locals.values())
      for (const specifier of outcome.value.imports) await this.#importPackage(next, specifier)
    }
    return files
  }

  /** Runs a file that has been prepared, unless it has run; what it throws comes through. */
  run(file: string): unknown {
    const known = this.#instances.get(file)
    if (known && 'failure' in known) throw known.failure
    // A module that is still running is part of a circle, which sees what is there so far.
    if (known) return known.module.exports
    const instance: Instance = { module: { exports: {} } }
    this.#instances.set(file, instance)
    try {
      this.#fill(file, instance.module)
    } catch (error) {
      instance.failure = error
      throw error
    }
    return instance.module.exports
  }

  /**
   * Forgets files that changed, and the modules that came from them or from what imports them; and
   * all that failed, for what was missing may have come.
   */
  forget(files: ReadonlySet<string>): void {
    const gone = new Set(files)
    for (const file of gone) {
      for (const importer of this.#importersOf(file)) gone.add(importer)
    }
    for (const file of files) this.#compiled.delete(file)
    for (const file of gone) this.#instances.delete(file)
    for (const [file, instance] of this.#instances) {
      if (!('failure' in instance)) continue
      this.#instances.delete(file)
      this.#compiled.delete(file)
    }
    for (const [key, outcome] of this.#packages)
      if ('failure' in outcome) this.#packages.delete(key)
    // Files that were named by an expression went through Node's own registry.
    const { cache } = createRequire(this.#root)
    for (const file of Object.keys(cache)) {
      if (file.startsWith(this.#root) && !file.includes('node_modules')) delete cache[file]
    }
  }

  #importersOf(file: string): string[] {
    return [...this.#compiled].flatMap(([importer, outcome]) => {
      if ('failure' in outcome || 'json' in outcome.value) return []
      return [...outcome.value.locals.values()].includes(file) ? [importer] : []
    })
  }

  async #compile(file: string): Promise<Outcome<Compiled>> {
    const known = this.#compiled.get(file)
    if (known) return known
    const outcome = await settle(() => this.#read(file))
    this.#compiled.set(file, outcome)
    return outcome
  }

  async #read(file: string): Promise<Compiled> {
    if (isCode(file)) return compileModule(file, this.#root)
    const text = await readFile(file, 'utf8')
    try {
      return { file, text, json: JSON.parse(text) }
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new LoadFailure(`${relative(this.#root, file)} is not JSON: ${reason}`, { cause })
    }
  }

  async #importPackage(file: string, specifier: string): Promise<void> {
    const key = `${file}\n${specifier}`
    if (this.#packages.has(key)) return
    this.#packages.set(key, await settle(() => importerAt(file)(specifier)))
  }

  #fill(file: string, module: { exports: unknown }): void {
    const compiled = valueIn(this.#compiled.get(file))
    if ('json' in compiled) {
      module.exports = structuredClone(compiled.json)
      return
    }
    const require = this.#requireFor(compiled)
    const importLocal = async (marked: string) =>
      toNamespace(this.run(compiled.locals.get(marked.slice(dynamicMark.length)) ?? marked))
    runModule(compiled, { module, require, importLocal })
  }

  #requireFor({ file, locals }: CompiledModule): NodeJS.Require {
    const native = createRequire(file)
    const require = (given: string): unknown => {
      const isImport = typeof given === 'string' && given.startsWith(importMark)
      const specifier = isImport ? given.slice(importMark.length) : given
      const target = locals.get(specifier)
      if (target !== undefined) {
        const exports = this.run(target)
        return isImport ? toNamespace(exports) : exports
      }
      if (!isImport) return native(specifier)
      return toNamespace(valueIn(this.#packages.get(`${file}\n${specifier}`)))
    }
    return Object.assign(require, {
      resolve: native.resolve,
      cache: native.cache,
      extensions: native.extensions,
      main: undefined,
    })
  }
}

/**
 * What `import` sees of exports. ES modules are what they say; of anything else the whole is the
 * default export, and its members have names.
 */
function toNamespace(exports: unknown): unknown {
  const isObject =
    (typeof exports === 'object' && exports !== null) || typeof exports === 'function'
  const isModule = isObject && (isModuleNamespaceObject(exports) || '__esModule' in exports)
  const members = isObject ? Object.keys(exports as object) : []
  // On the prototype, where `import * as` finds it and lists it not.
  const namespace: Record<string, unknown> = Object.create({ __esModule: true })
  for (const name of members) {
    const get = (): unknown => (exports as Record<string, unknown>)[name]
    Object.defineProperty(namespace, name, { enumerable: true, configurable: true, get })
  }
  if (!isModule) Object.defineProperty(namespace, 'default', { enumerable: true, value: exports })
  return namespace
}

function valueIn<Value>(outcome: Outcome<Value> | undefined): Value {
  if (!outcome) throw new Error('The module was not prepared.')
  if ('failure' in outcome) throw outcome.failure
  return outcome.value
}

async function settle<Value>(make: () => Promise<Value>): Promise<Outcome<Value>> {
  try {
    return { value: await make() }
  } catch (failure) {
    return { failure }
  }
}
