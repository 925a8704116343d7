import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { reportFigure, scaled } from '../../../../../scripts/faults/scale.ts'
import { repeatableRandom } from '../../remote/tcp-proxy.ts'
import { FakedClock } from './faked-clock.ts'
import type { Life, Looker } from './looker.ts'
import { ObservedLives } from './observed-lives.ts'
import { openEmbedded, openServed } from './open-looker.ts'
import { sights } from './sights.ts'

const hourMs = 3_600_000
const patience = scaled({ short: 300_000, long: 7_200_000 })
const names = Object.keys(sights)
const keys = Array.from({ length: 24 }, (_, index) => `key-${10 + index}`)
/** Looks that are under way at once. */
const lanes = 8

interface Trial {
  readonly looker: Looker
  readonly lives: ObservedLives
  readonly reads: number
  readonly restarts: number
}

/** Puts, looks, sets the clock and kills, until there were so many reads and restarts. */
async function live({ looker, lives, reads, restarts }: Trial): Promise<void> {
  const random = repeatableRandom(5)
  const below = (count: number): number => Math.floor(random() * count)
  const shift = (): void => lives.shift(below(3) > 0 ? hourMs : -hourMs)
  const beingPut = new Set<string>()
  const put = async (key: string): Promise<void> => {
    beingPut.add(key)
    lives.put(key, null)
    // Some expire while they are looked at, some when the clock leaps.
    const ttlMs = below(2) === 0 ? 1 + below(200) : 1 + below(2 * hourMs)
    const life = await looker.ask({ key, ttlMs }).catch(() => null)
    lives.put(key, life as Life | null)
    beingPut.delete(key)
  }
  const look = async (): Promise<void> => {
    const key = keys[below(keys.length)] ?? ''
    if (beingPut.has(key)) return
    const life = lives.lives.get(key)
    if (!life) return put(key)
    const sight = names[below(names.length)] ?? 'get'
    const isOfCopy = !sight.startsWith('if') && below(4) === 0
    const moment = lives.begin()
    const { revision } = life
    // Of a process that was killed meanwhile, there is no answer.
    const answer = await looker.ask({ key, sight, revision, isOfCopy }).catch(() => undefined)
    const isSame = lives.lives.get(key) === life
    if (typeof answer === 'boolean' && isSame) lives.see(life, moment, answer)
    const isOver = life.goneAtMs < moment.startedAtMs
    if (below(isOver ? 4 : 40) === 0) await put(key)
  }
  let restarted = 0
  while (lives.tally.reads < reads || restarted < restarts) {
    const looks = Array.from({ length: lanes }, look)
    if (below(6) === 0) shift()
    if (lives.tally.reads > (reads / (restarts + 1)) * (restarted + 1)) {
      await looker.restart(shift)
      lives.restarted()
      restarted++
    }
    await Promise.all(looks)
  }
}

describe.each([
  [
    'embedded',
    openEmbedded,
    { reads: { short: 500, long: 15_000 }, kills: { short: 4, long: 60 } },
  ],
  ['served', openServed, { reads: { short: 250, long: 10_000 }, kills: { short: 1, long: 12 } }],
] as const)(
  'a process whose clock is set to and fro, and that is killed: %s',
  (name, open, sizes) => {
    it('shows nothing that has expired, and hides nothing else', {
      timeout: patience,
    }, async () => {
      const { looker, lives } = await begin(open)
      const reads = scaled(sizes.reads)
      const restarts = scaled(sizes.kills)

      await live({ looker, lives, reads, restarts })

      const { tally } = lives
      reportFigure(`reads round expiry, system clock set by ±1 h, ${name}`, { ...tally, restarts })
      expect(tally).toMatchObject({ expired: 0, missing: 0 })
      expect(tally.absent).toBeGreaterThan(reads / 20)
      expect(tally.present).toBeGreaterThan(reads / 20)
      expect(tally.jumps).toBeGreaterThan(reads / 100)
    })
  },
)

describe('looks at a process whose clock is set to and fro', () => {
  it('find out one that takes no notice of its wall clock', { timeout: patience }, async () => {
    const { looker, lives } = await begin((directory) => openEmbedded(directory, { env: {} }))

    await live({ looker, lives, reads: 1500, restarts: 0 })

    expect(lives.tally.expired).toBeGreaterThan(0)
  })
})

type Open = (directory: string, clock: Pick<FakedClock, 'env'>) => Promise<Looker>

async function begin(open: Open): Promise<Pick<Trial, 'looker' | 'lives'>> {
  const directory = mkdtempSync(join(tmpdir(), 'kvasir-jumps-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const clock = new FakedClock()
  onTestFinished(() => clock.remove())
  const looker = await open(directory, clock)
  onTestFinished(() => looker.close())
  return { looker, lives: new ObservedLives(clock) }
}
