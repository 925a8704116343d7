import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Random } from '../random.ts'
import { buildImage } from './disk-image.ts'
import type { WriteEvent } from './write-log.ts'

const scratch = mkdtempSync(join(tmpdir(), 'kvasir-images-'))
afterAll(() => rmSync(scratch, { recursive: true }))

function named(kind: WriteEvent['kind'], path: string, file = 0): WriteEvent {
  return { kind, file, offset: 0, data: Buffer.from(path) }
}

function write(text: string, offset = 0): WriteEvent {
  return { kind: 'write', file: 1, offset, data: Buffer.from(text) }
}

const sync: WriteEvent = { kind: 'sync', file: 1, offset: 0, data: Buffer.alloc(0) }
const syncNames = [named('syncDirectory', ''), named('syncDirectory', '/d')]
const begin = [named('makeDirectory', '/d', 9), named('create', '/d/a', 1)]

/** What the file `/d/a` is in each of many images; `gone` where it is not. */
function imagesOf(events: readonly WriteEvent[], images = 200): Set<string> {
  const seen = new Set<string>()
  for (let seed = 0; seed < images; seed++) {
    const into = mkdtempSync(join(scratch, 'image-'))
    buildImage(events, { cut: events.length, random: new Random(seed), into })
    const isThere = readdirSync(into).includes('d') && readdirSync(join(into, 'd')).includes('a')
    seen.add(isThere ? readFileSync(join(into, 'd/a'), 'utf8') : 'gone')
    rmSync(into, { recursive: true })
  }
  return seen
}

describe('an image of a disk', () => {
  it('has what was synced, and its name once the directories were synced', () => {
    const events = [...begin, write('synced'), sync, ...syncNames]

    expect([...imagesOf(events)]).toEqual(['synced'])
  })

  it('may lack a file whose directory was not synced', () => {
    const events = [...begin, write('synced'), sync]

    expect(imagesOf(events)).toEqual(new Set(['gone', 'synced']))
  })

  it('may have or lack any sector of what was not synced', () => {
    const sector = (letter: string) => letter.repeat(512)
    const [a, b, x, y] = [sector('a'), sector('b'), sector('x'), sector('y')]
    const events = [...begin, ...syncNames, write(a + b), sync, write(x + y)]

    expect(imagesOf(events)).toEqual(new Set([a + b, a + y, x + b, x + y]))
  })

  it('never has a later state of a sector without the earlier ones', () => {
    const events = [...begin, ...syncNames, write('......'), sync, write('a', 1), write('b', 3)]

    expect(imagesOf(events)).toEqual(new Set(['......', '.a....', '.a.b..']))
  })

  it('may lack for ever what a failed sync was to cover', () => {
    const failed = { ...sync, kind: 'syncFailed' } as const
    const events = [...begin, ...syncNames, write('old'), sync, write('new'), failed, sync]

    expect(imagesOf(events)).toEqual(new Set(['old', 'new']))
  })

  it('may have a file at its old length, or under its old name', () => {
    const truncate = { ...write('', 2), kind: 'truncate' } as const
    const cut = [...begin, ...syncNames, write('long'), sync, truncate]
    const renamed = [...begin, ...syncNames, write('old'), sync, named('rename', '/d/a', 2)]

    expect(imagesOf(cut)).toEqual(new Set(['long', 'lo']))
    expect(imagesOf(renamed)).toEqual(new Set(['old', '']))
  })
})
