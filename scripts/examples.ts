// Finds the code in documents and docstrings, and type-checks it against our source, so that no
// reader copies something that does not compile. Used by docs-examples.test.ts.

import { join } from 'node:path'
import ts from 'typescript'

export interface Example {
  /** The document, and the line in it that the code begins after. */
  readonly path: string
  readonly line: number
  readonly language: 'ts' | 'js'
  readonly code: string
}

const repository = join(import.meta.dirname, '..')

/** What every example may take as given, with its real type. */
const givens = `
import type { TokenStore } from '@kvasir/server'
import type { Bucket, Project, Store } from 'kvasir'
import type { Clock, Engine } from 'kvasir/engine'
import type {} from 'kvasir/functions'
declare global {
  const store: Store
  const project: Project
  const bucket: Bucket
  const engine: Engine
  const openMyEngine: (options: { clock: Clock }) => Engine
  const token: string
  const tokens: TokenStore
  const bytes: Uint8Array
  const fetchRates: () => Promise<unknown>
}`

/** What docstrings, which show no imports, may use besides. */
const docstringImports = `
import { KvasirError, NumberSet, openStore, StringSet } from 'kvasir'
import { openRemoteStore } from 'kvasir/client'
import { createStore, openEngine } from 'kvasir/engine'
import { openMemoryStore } from 'kvasir/memory'
import { ManualClock, testEngine } from 'kvasir/conformance'
import { createApp, createTokenStore, startServer } from '@kvasir/server'
`.replaceAll('\n', ';')

/**
 * The fenced ts and js blocks of a Markdown file.
 *
 * \`\`\`ts no-check <reason> leaves a block out; without a reason it is a mistake of the document.
 */
export function findFenced(path: string, markdown: string): Example[] {
  const examples: Example[] = []
  let open: { line: number; info: string; code: string[] } | undefined
  for (const [index, text] of markdown.split('\n').entries()) {
    const [, info] = /^\s*```(.*)$/.exec(text) ?? []
    if (info === undefined) open?.code.push(text)
    else if (open === undefined) open = { line: index + 1, info: info.trim(), code: [] }
    else {
      examples.push(...toExamples(path, open))
      open = undefined
    }
  }
  if (open !== undefined) throw new Error(`${path}:${open.line}: the block is never closed`)
  return examples
}

/** The code after `@example` in the docstrings of a source file, fenced or not. */
export function findInDocstrings(path: string, source: string): Example[] {
  return [...source.matchAll(/@example[^\n]*\n([\s\S]*?)(?=\n\s*\*\/|\n\s*\* @\w)/g)].map(
    (match) => {
      const lines = (match[1] ?? '').split('\n').map((line) => line.replace(/^\s*\* ?/, ''))
      return {
        path,
        line: source.slice(0, match.index).split('\n').length,
        language: 'ts' as const,
        code: docstringImports + lines.map((line) => line.replace(/^```.*$/, '')).join('\n'),
      }
    },
  )
}

/** Type-checks examples, and returns a line per mistake, at its place in the document. */
export function checkExamples(examples: readonly Example[]): string[] {
  const virtual = new Map<string, { text: string; example?: Example }>()
  virtual.set(join(repository, 'scripts/example-givens.ts'), { text: givens })
  for (const [index, example] of examples.entries()) {
    const name = join(repository, `scripts/example-${index}.${example.language}`)
    virtual.set(name, { text: `${example.code}\nexport {}\n`, example })
  }

  const options = readOptions()
  const program = ts.createProgram([...virtual.keys()], options, createHost(options, virtual))
  return [...virtual].flatMap(([name, { example }]) => {
    const file = program.getSourceFile(name)
    const mistakes = [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ]
    return mistakes.map(({ start = 0, messageText }) => {
      const line = file?.getLineAndCharacterOfPosition(start).line ?? 0
      const place = example ? `${example.path}:${example.line + line + 1}` : 'the given variables'
      return `${place}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
    })
  })
}

function toExamples(
  path: string,
  { line, info, code }: { line: number; info: string; code: string[] },
): Example[] {
  const [language, mode, ...reason] = info.split(/\s+/)
  if (language !== 'ts' && language !== 'js') return []
  if (mode === 'no-check' && reason.length > 0) return []
  if (mode !== undefined) throw new Error(`${path}:${line}: "${info}" needs a reason, or to go`)
  return [{ path, line, language, code: code.join('\n') }]
}

function createHost(
  options: ts.CompilerOptions,
  virtual: ReadonlyMap<string, { text: string }>,
): ts.CompilerHost {
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = (name) => virtual.has(name) || fileExists(name)
  host.readFile = (name) => virtual.get(name)?.text ?? readFile(name)
  host.getSourceFile = (name, languageVersion) => {
    const text = virtual.get(name)?.text
    return text === undefined
      ? getSourceFile(name, languageVersion)
      : ts.createSourceFile(name, text, languageVersion, true)
  }
  return host
}

/** The options of our tests, except for those which examples have no use for. */
function readOptions(): ts.CompilerOptions {
  const path = join(repository, 'tsconfig.tests.json')
  const { config } = ts.readConfigFile(path, ts.sys.readFile) as { config: unknown }
  return {
    ...ts.parseJsonConfigFileContent(config, ts.sys, repository).options,
    allowJs: true,
    checkJs: true,
    noImplicitAny: false,
    noUnusedLocals: false,
    noUnusedParameters: false,
    useUnknownInCatchVariables: false,
    verbatimModuleSyntax: false,
  }
}
