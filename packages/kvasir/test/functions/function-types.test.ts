import { join } from 'node:path'
import type { Request, Response } from 'express'
import ts from 'typescript'
import { beforeAll, describe, expect, expectTypeOf, it } from 'vitest'
import type { FunctionRequest } from '../../src/functions/function-request.ts'
import type { FunctionResponse } from '../../src/functions/function-response.ts'

const globals = join(import.meta.dirname, '../../src/functions.ts')

/** What `kvasir functions new` writes, but that `types` names our source. */
const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.Preserve,
  allowJs: true,
  checkJs: true,
  strict: true,
  noImplicitAny: false,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
  noEmit: true,
  types: ['node'],
}

const functions = {
  'counter.js': `
    module.exports = async (req, res) => {
      const count = (await kv.get('count')) ?? 0
      await kv.set('count', count + 1, 3600)
      const { total } = await storage.kvStore.get('sums')
      const { body } = await flows.kvKeyGet({ bucket: 'default', key: 'count' })
      await sleep(10)
      res.json({ count, next: total + 1, body })
    }`,
  'wrong.js': `
    module.exports = async () => {
      await kv.gte('count')
      await kv.set(1, 'one')
      await storage.kvStore.incr('sums', 'total')
      await flows.kvKeyGte({})
      await sleep('1s')
    }`,
  'flags.js': `
    /** @type {FunctionHandler} */
    module.exports = async (req, res) => {
      if (req.method === 'POST') return res.status(201).json({ name: req.body.name })
      res.cookie('seen', 'yes', { httpOnly: true }).jsno({ path: req.path })
    }
    /** @type {FunctionHandler} */
    module.exports.admin = (req, res) => res.redirect(req.pth)`,
  'hello.mjs': `
    /** @type {FunctionHandler} */
    export default async (req, res) => { res.sendd(req.query.name) }`,
  'session.js': `
    module.exports = async () => {
      /** @type {{ visits: number } | null} */
      const session = await kv.get('session')
      return session.visits + session?.visit
    }`,
  'cart.ts': `
    interface Cart { items: string[] }
    const cart: FunctionHandler = async (req, res) => {
      const old = await kv.get<Cart>(String(req.query.user))
      const { items } = await storage.kvStore.get<Cart>('cart')
      await kv.update<Cart>('cart', (now) => ({ items: now?.itmes ?? [] }))
      res.json(old.items.concat(items))
    }
    export default cart`,
}

let mistakesIn: (name: keyof typeof functions) => string[]

beforeAll(() => {
  mistakesIn = compile(functions)
})

describe('a function in plain JavaScript', () => {
  it('may use what it reads without a word about types', () => {
    expect(mistakesIn('counter.js')).toEqual([])
  })

  it('is told what the globals have not', () => {
    expect(mistakesIn('wrong.js')).toEqual([
      expect.stringMatching(/^3: Property 'gte' does not exist/),
      expect.stringMatching(/^4: .*'number' is not assignable .* 'string'/),
      expect.stringMatching(/^5: Property 'incr' does not exist/),
      expect.stringMatching(/^6: Property 'kvKeyGte' does not exist/),
      expect.stringMatching(/^7: .*'string' is not assignable .* 'number'/),
    ])
  })

  it('has typed request and response for one line of comment, sub-routes included', () => {
    expect(mistakesIn('flags.js')).toEqual([
      expect.stringMatching(/^5: Property 'jsno' does not exist on type 'FunctionResponse/),
      expect.stringMatching(/^8: Property 'pth' does not exist on type 'FunctionRequest/),
    ])
    expect(mistakesIn('hello.mjs')).toEqual([
      expect.stringMatching(/^3: Property 'sendd' does not exist on type 'FunctionResponse/),
    ])
  })

  it('may say the type of a value where it reads it', () => {
    expect(mistakesIn('session.js')).toEqual([
      expect.stringMatching(/^5: 'session' is possibly 'null'/),
      expect.stringMatching(/^5: Property 'visit' does not exist/),
    ])
  })
})

describe('a function in TypeScript', () => {
  it('gives types to values and to records', () => {
    expect(mistakesIn('cart.ts')).toEqual([
      expect.stringMatching(/^6: Property 'itmes' does not exist on type 'Cart'/),
      expect.stringMatching(/^7: 'old' is possibly 'null'/),
    ])
  })
})

describe('request and response', () => {
  it('promise nothing that those of Express have not', () => {
    // Express leaves the parser of queries open; the host has the simple one.
    expectTypeOf<Request>().toExtend<Omit<FunctionRequest, 'query'>>()
    expectTypeOf<Response>().toExtend<FunctionResponse>()
    expectTypeOf<{ json(): void }>().not.toExtend<FunctionResponse>()
  })
})

/** Compiles the files as an editor would; then tells of the mistakes in each, with their lines. */
function compile(files: Readonly<Record<string, string>>): (name: string) => string[] {
  const host = ts.createCompilerHost(options)
  const { fileExists, getSourceFile } = host
  const pathOf = (name: string) => join(import.meta.dirname, 'functions', name)
  const texts = new Map(Object.entries(files).map(([name, text]) => [pathOf(name), text]))
  host.fileExists = (path) => texts.has(path) || fileExists(path)
  host.getSourceFile = (path, version) => {
    const text = texts.get(path)
    return text === undefined
      ? getSourceFile(path, version)
      : ts.createSourceFile(path, text, version, true)
  }
  const program = ts.createProgram([globals, ...texts.keys()], options, host)
  return (name) => {
    const file = program.getSourceFile(pathOf(name))
    const mistakes = [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ]
    return mistakes.map(({ start = 0, messageText }) => {
      const line = file?.getLineAndCharacterOfPosition(start).line ?? 0
      return `${line + 1}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
    })
  }
}
