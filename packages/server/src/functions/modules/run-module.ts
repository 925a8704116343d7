/** Runs compiled code as the body of a module. */
import Module from 'node:module'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { compileFunction, constants } from 'node:vm'
import type { CompiledModule, SourceMapText } from './compile-module.ts'

export interface ModuleScope {
  readonly module: { exports: unknown }
  readonly require: NodeJS.Require
  /** `import(…)` of a file beside the function. */
  readonly importLocal: (specifier: string) => Promise<unknown>
}

type Body = (...scope: unknown[]) => void

const scopeNames = ['exports', 'require', 'module', '__filename', '__dirname']
const compiledNames = [...scopeNames, '__import', '__importMeta']

/** Runs the module; what it throws comes through. */
export function runModule(compiled: CompiledModule, scope: ModuleScope): void {
  const { file } = compiled
  const { module, require, importLocal } = scope
  const path = dirname(file)
  const values = [module.exports, require, module, file, path]
  if (!compiled.sourceMap) {
    const body = compileFunction(compiled.code, scopeNames, {
      filename: file,
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    }) as Body
    body.apply(module.exports, values)
    return
  }
  const url = pathToFileURL(file).href
  const resolve = (specifier: string) => pathToFileURL(require.resolve(specifier)).href
  const importMeta = { url, filename: file, dirname: path, resolve }
  const body = compileMapped(compiled.code, file, compiled.sourceMap)
  body.apply(undefined, [...values, importLocal, importMeta])
}

/** Node's `import(…)` as seen from a file: it finds the packages that the file would find. */
export function importerAt(file: string): (specifier: string) => Promise<unknown> {
  return compileFunction('return import(specifier)', ['specifier'], {
    filename: file,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }) as (specifier: string) => Promise<unknown>
}

/**
 * Compiles code whose positions lead elsewhere. Node keeps the source map of a CommonJS module, and
 * of no other code that is made at run time; so the body is made by one.
 */
function compileMapped(code: string, file: string, map: SourceMapText): Body {
  const maker = new Module(file) as Module & { _compile(code: string, file: string): void }
  maker.filename = file
  // The body begins on the second line, which the semicolon tells the map.
  const moved = { ...map, sources: [pathToFileURL(file).href], mappings: `;${map.mappings}` }
  const url = Buffer.from(JSON.stringify(moved)).toString('base64')
  maker._compile(
    `module.exports = function (${compiledNames.join(', ')}) {\n${code}\n}\n` +
      `//# sourceMappingURL=data:application/json;base64,${url}`,
    file,
  )
  return maker.exports as Body
}
