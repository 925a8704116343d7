import { describe, expect, it } from 'vitest'
import { serveFiles } from './function-harness.ts'

const files = {
  'common.js': `
    const { twice } = require('./_shared/twice')
    const settings = require('./_shared/settings.json')
    const { basename } = require('path')
    module.exports = async (req, res) => {
      await kv.set('seen', twice(4))
      res.json({ seen: await kv.get('seen'), settings, here: basename(__filename) })
    }
    module.exports.admin = (req, res) => res.json({ admin: true })`,
  'modern.mjs': `
    import { basename } from 'node:path'
    import { fileURLToPath } from 'node:url'
    import shared, { twice } from './_shared/twice.js'
    import settings from './_shared/settings.json' with { type: 'json' }
    export default (req, res) => {
      const here = basename(fileURLToPath(import.meta.url))
      res.json({ twice: twice(2), same: shared.twice === twice, settings, here })
    }
    export const admin = (req, res) => res.json({ admin: 'modern' })`,
  'syntax.js': `export default (req, res) => res.json({ isModule: this === undefined })`,
  'typed.ts': `
    import type { Request, Response } from 'express'
    import { half } from './_shared/half.js'
    enum Size { Small = 1 }
    interface Answer { readonly half: number; readonly size: Size }
    export default async (req: Request, res: Response): Promise<void> => {
      const answer: Answer = { half: half(4), size: Size.Small }
      res.json(answer)
    }`,
  'typed-common.cts': `
    const answer: string = 'cts'
    module.exports = (req: unknown, res: { json(value: unknown): void }) => res.json({ answer })`,
  '_shared/twice.js': 'module.exports.twice = (number) => number * 2',
  '_shared/half.ts': 'export const half = (number: number): number => number / 2',
  '_shared/settings.json': '{"colour":"blue"}',
}

describe('functions', () => {
  it('are CommonJS, ES modules and TypeScript, with files beside them', async () => {
    const { ask } = await serveFiles(files)

    expect(await ask('/common')).toEqual({
      status: 200,
      body: { seen: 8, settings: { colour: 'blue' }, here: 'common.js' },
    })
    expect((await ask('/common/admin')).body).toEqual({ admin: true })
    expect((await ask('/modern')).body).toEqual({
      twice: 4,
      same: true,
      settings: { colour: 'blue' },
      here: 'modern.mjs',
    })
    expect((await ask('/modern/admin')).body).toEqual({ admin: 'modern' })
    expect((await ask('/syntax')).body).toEqual({ isModule: true })
    expect((await ask('/typed')).body).toEqual({ half: 2, size: 1 })
    expect((await ask('/typed-common')).body).toEqual({ answer: 'cts' })
  })
})
