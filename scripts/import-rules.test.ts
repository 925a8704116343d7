// Proves that biome.json really forbids what house style says about imports, promises and words:
// bad files are planted in an empty copy of the tree, linted with our configuration, and must go red.

import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const repository = join(import.meta.dirname, '..')
const library = 'packages/kvasir/src'

/** Folder of the importing file → what it must not import, and what it may. */
const importRules: Record<string, { forbidden: string[]; allowed: string[] }> = {
  errors: { forbidden: ['../codec/a.ts', 'node:fs', 'zod'], allowed: ['./a.ts'] },
  codec: { forbidden: ['../engine/a.ts', 'node:util', 'zod'], allowed: ['../errors/a.ts'] },
  secrets: {
    forbidden: ['../engine/a.ts', '../environment/a.ts', 'node:crypto', 'zod'],
    allowed: ['../codec/a.ts', '../errors/a.ts'],
  },
  environment: {
    forbidden: ['../engine/a.ts', '../store/a.ts', 'zod'],
    allowed: ['../secrets/a.ts', '../errors/a.ts', 'node:fs/promises'],
  },
  protocol: {
    forbidden: ['../front/a.ts', '../engines/remote/a.ts', 'node:http', 'zod'],
    allowed: ['../engine/a.ts', '../codec/a.ts', '../errors/a.ts'],
  },
  engine: {
    forbidden: ['../engines/memory/a.ts', '../front/a.ts', '../index.ts', 'node:fs', 'zod'],
    allowed: ['../errors/a.ts', '../codec/a.ts'],
  },
  front: {
    forbidden: ['../engines/memory/a.ts', '../dialects/kv/a.ts', 'node:fs', 'zod'],
    allowed: ['../engine/a.ts', '../codec/a.ts', '../errors/a.ts'],
  },
  store: {
    forbidden: ['../engines/memory/a.ts', '../index.ts', 'node:fs', 'zod'],
    allowed: ['../dialects/kv/a.ts', '../front/a.ts', '../secrets/a.ts', '../errors/a.ts'],
  },
  functions: {
    forbidden: ['../engine/a.ts', '../engines/memory/a.ts', '../index.ts', 'express', 'node:http'],
    allowed: ['../dialects/kv/a.ts', '../front/a.ts', '../store/a.ts'],
  },
  conformance: {
    forbidden: ['../engines/memory/a.ts', '../memory.ts', 'node:fs', 'vitest'],
    allowed: ['../engine/a.ts', '../front/a.ts', '../store/a.ts', '../dialects/kv/a.ts'],
  },
  'engines/memory': {
    forbidden: ['../sqlite/a.ts', '../../front/a.ts', '../../dialects/kv/a.ts', 'node:fs', 'zod'],
    allowed: ['../../engine/a.ts', '../../codec/a.ts', '../../errors/a.ts'],
  },
  'engines/sqlite': {
    forbidden: ['../memory/a.ts', '../../front/a.ts', '../../dialects/kv/a.ts', 'lmdb'],
    allowed: ['../../engine/a.ts', 'node:fs', 'node:fs/promises', '@photostructure/sqlite'],
  },
  'engines/nats': {
    forbidden: ['../memory/a.ts', '../../front/a.ts', 'zod'],
    allowed: ['../../engine/a.ts', 'node:net', '@nats-io/jetstream'],
  },
  'engines/remote': {
    forbidden: ['../memory/a.ts', '../../front/a.ts', 'node:http', 'undici'],
    allowed: ['../../protocol/a.ts', '../../engine/a.ts'],
  },
  'dialects/kv': {
    forbidden: ['../flows/a.ts', '../../engines/memory/a.ts', '../../index.ts', 'node:fs', 'zod'],
    allowed: ['../../front/a.ts', '../../engine/a.ts', '../../errors/a.ts'],
  },
  'dialects/flows': {
    forbidden: ['../kv/a.ts', '../../engines/memory/a.ts', '../../store/a.ts', 'node:fs', 'hono'],
    allowed: ['./functions/a.ts', '../../front/a.ts', '../../engine/a.ts', 'zod'],
  },
  'dialects/flows/functions': {
    forbidden: ['../../kv/a.ts', '../../../store/a.ts', '../../../index.ts', 'node:fs', 'hono'],
    allowed: ['../a.ts', '../../../front/a.ts', '../../../engine/a.ts', 'zod'],
  },
  'brand-new': { forbidden: ['../engine/a.ts', 'node:fs'], allowed: ['./a.ts'] },
  '.': { forbidden: ['node:fs', 'zod'], allowed: ['./engines/memory/a.ts', './front/a.ts'] },
  '../../server/src': {
    forbidden: ['../../kvasir/src/index.ts', 'kvasir/src/index.ts', 'kvasir/dist/index.js'],
    allowed: ['kvasir', 'kvasir/engine', 'hono', 'node:fs'],
  },
}

/** Rule → a file that breaks it. */
const badFiles: Record<string, { path: string; text: string }> = {
  'nursery/noFloatingPromises': {
    path: `${library}/front/floating-port.ts`,
    text: 'interface Port { close(): Promise<void> }\nexport const end = (p: Port) => { p.close() }',
  },
  'style/noDefaultExport': { path: `${library}/front/default.ts`, text: 'export default 1' },
  'style/noEnum': { path: `${library}/front/enum.ts`, text: 'export enum Kind { Json }' },
  'style/noNonNullAssertion': {
    path: `${library}/front/bang.ts`,
    text: 'export const first = (a: string[]) => a[0]!.length',
  },
  'style/noRestrictedGlobals': {
    path: `${library}/front/global.ts`,
    text: 'export const bytes = Buffer.alloc(1)',
  },
  'style/useFilenamingConvention': {
    path: `${library}/front/CamelCase.ts`,
    text: 'export const a = 1',
  },
  'style/useImportType': {
    path: `${library}/front/type.ts`,
    text: "import { Engine } from '../engine/engine.ts'\nexport type A = Engine",
  },
  'suspicious/noExplicitAny': {
    path: `${library}/front/any.ts`,
    text: 'export const a = (b: any) => b',
  },
  'suspicious/noFocusedTests': {
    path: 'packages/kvasir/test/focused.test.ts',
    text: "import { it } from 'vitest'\nit.only('is alone', () => {})",
  },
  'suspicious/noSkippedTests': {
    path: 'packages/kvasir/test/skipped.test.ts',
    text: "import { it } from 'vitest'\nit.skip('is left out', () => {})",
  },
  'suspicious/noImportCycles': {
    path: `${library}/front/circle.ts`,
    text: "import { b } from './circle-back.ts'\nexport const a = () => b()",
  },
  'complexity/noExcessiveLinesPerFunction': {
    path: `${library}/front/long.ts`,
    text: `export function long() {\n${'  f()\n'.repeat(71)}}`,
  },
  'complexity/useMaxParams': {
    path: `${library}/front/many.ts`,
    text: 'export const sum = (a: number, b: number, c: number, d: number) => a + b + c + d',
  },
}

const plants = Object.entries(importRules).flatMap(([folder, { forbidden, allowed }]) => [
  ...forbidden.map((specifier) => ({ folder, specifier, red: true })),
  ...allowed.map((specifier) => ({ folder, specifier, red: false })),
])

let directory: string
let findings: Set<string>

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kvasir-import-rules-'))
  await copyFile(join(repository, 'biome.json'), join(directory, 'biome.json'))
  for (const [index, { folder, specifier }] of plants.entries()) {
    await plant(pathOfPlant(folder, index), `import '${specifier}'\n`)
  }
  for (const { path, text } of Object.values(badFiles)) await plant(path, `${text}\n`)
  await plant(
    `${library}/front/circle-back.ts`,
    "import { a } from './circle.ts'\nexport const b = () => a()\n",
  )
  findings = await lint()
})

afterAll(() => rm(directory, { recursive: true, force: true }))

describe('the import rules', () => {
  for (const [index, { folder, specifier, red }] of plants.entries()) {
    it(`${folder} ${red ? 'may not' : 'may'} import ${specifier}`, () => {
      const finding = `style/noRestrictedImports ${pathOfPlant(folder, index)}`

      expect(findings.has(finding)).toBe(red)
    })
  }
})

describe('the lint rules', () => {
  for (const [rule, { path }] of Object.entries(badFiles)) {
    it(`${rule} goes red on a bad file`, () => {
      expect(findings).toContain(`${rule} ${path}`)
    })
  }
})

function pathOfPlant(folder: string, index: number): string {
  return join(library, folder, `plant-${index}.ts`)
}

async function plant(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(directory, path)), { recursive: true })
  await writeFile(join(directory, path), text)
}

/** Resolves with every finding as `group/rule path`. */
async function lint(): Promise<Set<string>> {
  const biome = join(repository, 'node_modules/@biomejs/biome/bin/biome')
  const flags = ['lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none', '.']
  const report = await new Promise<string>((resolve) => {
    // Biome exits with 1 when it finds something, which is what we want here.
    execFile(process.execPath, [biome, ...flags], { cwd: directory }, (_, out) => resolve(out))
  })
  const { diagnostics } = JSON.parse(report) as { diagnostics: Diagnostic[] }
  return new Set(diagnostics.map((d) => `${d.category.replace('lint/', '')} ${d.location.path}`))
}

interface Diagnostic {
  category: string
  location: { path: string }
}
