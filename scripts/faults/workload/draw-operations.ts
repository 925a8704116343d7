import type { BucketOperation } from '../../../packages/kvasir/src/index.ts'
import type { Random } from '../random.ts'

/** What a commit is drawn for. */
export interface Occasion {
  /** What the keys begin with. */
  readonly prefix: string
  /** Never the same twice, so that every state of a key can be told from every other. */
  readonly stamp: string
  /** The revision that a key is known to have; 0 when it is absent. */
  revisionOf(key: string): number
}

const hourMs = 3_600_000
const expiries = [{}, {}, {}, { ttl: hourMs }, { ttl: 48 * hourMs }, { keepTtl: true }] as const

/** The keys that there may be, named by what they hold. */
export function keysUnder(prefix: string): readonly string[] {
  const names = ['t0', 't1', 't2', 'b0', 'n0', 'n1', 'r0', 'r1', 'r2', 'l0', 'l1']
  return names.map((name) => `${prefix}:${name}`)
}

/** One to five operations of any kind; of a batch, each on a key of its own. */
export function drawOperations(random: Random, occasion: Occasion): BucketOperation[] {
  const isBatch = random.chance(0.4)
  const count = isBatch ? 2 + random.below(4) : 1
  const keys = [...keysUnder(occasion.prefix)]
  return Array.from({ length: count }, () => {
    const [key = ''] = keys.splice(random.below(keys.length), 1)
    return withCondition(drawOperation(random, { ...occasion, key }), random, occasion)
  })
}

type Place = Occasion & { readonly key: string }

function drawOperation(random: Random, place: Place): BucketOperation {
  const [, name = ''] = place.key.split(':')
  if (random.chance(0.12)) return drawForAnyKey(random, place)
  if (name.startsWith('n')) return { op: 'increment', key: place.key, by: 1 + random.below(9) }
  if (name.startsWith('r')) return drawForRecord(random, place)
  if (name.startsWith('l')) return drawForLargeRecord(random, place)
  const size = random.pick([5, 5, 200, 2500, 12_000])
  const text = `${place.stamp} ${'x'.repeat(random.below(size))}`
  const value = name.startsWith('b') ? Buffer.from(text) : text
  return { op: 'put', key: place.key, value: toPlainBytes(value), ...random.pick(expiries) }
}

/** A Buffer would come back as the Uint8Array that it is. */
function toPlainBytes(value: string | Buffer): string | Uint8Array {
  return typeof value === 'string' ? value : new Uint8Array(value)
}

function drawForAnyKey(random: Random, { key }: Place): BucketOperation {
  const ttl = random.pick([hourMs, 2 * hourMs, null])
  return random.pick<BucketOperation>([
    { op: 'delete', key },
    { op: 'purge', key },
    { op: 'touch', key, ttl },
    { op: 'touch', key, ttl },
  ])
}

function drawForRecord(random: Random, { key, stamp }: Place): BucketOperation {
  return random.pick<BucketOperation>([
    { op: 'put', key, value: { name: stamp, hits: 0, list: [stamp] }, ...random.pick(expiries) },
    { op: 'patch', key, fields: { name: stamp, note: random.chance(0.5) ? stamp : undefined } },
    { op: 'increment', key, fields: { hits: 1, misses: random.below(5) } },
    { op: 'append', key, fields: { list: [stamp, { deep: stamp }] }, initialTtl: hourMs },
    { op: 'unshift', key, fields: { list: [stamp] } },
    { op: 'shift', key, fields: { list: 1 + random.below(4) } },
    { op: 'add', key, type: 'string', fields: { tags: [stamp, `${random.below(4)}`] } },
    { op: 'remove', key, type: 'string', fields: { tags: [`${random.below(4)}`] } },
    { op: 'add', key, type: 'number', fields: { ids: [random.below(9), random.below(99)] } },
    { op: 'remove', key, type: 'number', fields: { ids: [random.below(9)] } },
    { op: 'delete', key, fields: [random.pick(['note', 'tags', 'ids', 'nothing'])] },
  ])
}

/** Lists and sets that are long enough to be kept element by element. */
function drawForLargeRecord(random: Random, { key, stamp }: Place): BucketOperation {
  const many = Array.from({ length: 70 + random.below(40) }, (_, index) => `${stamp}/${index}`)
  return random.pick<BucketOperation>([
    { op: 'append', key, fields: { log: many } },
    { op: 'append', key, fields: { log: [stamp], rest: [stamp] } },
    { op: 'unshift', key, fields: { log: [stamp, `${stamp}'`] } },
    { op: 'shift', key, fields: { log: 1 + random.below(90) } },
    { op: 'shift', key, fields: { log: 1 + random.below(90) } },
    { op: 'add', key, type: 'string', fields: { members: many } },
    { op: 'remove', key, type: 'string', fields: { members: many.slice(0, 3) } },
    { op: 'patch', key, fields: { title: stamp } },
    { op: 'delete', key, fields: ['members'] },
  ])
}

/** A few of the operations hold only if the key is as expected; of those, some are not. */
function withCondition(
  operation: BucketOperation,
  random: Random,
  { revisionOf }: Occasion,
): BucketOperation {
  if (!random.chance(0.15)) return operation
  const revision = revisionOf(operation.key)
  return random.pick<BucketOperation>([
    { ...operation, ifAbsent: true },
    { ...operation, ifRevision: revision },
    { ...operation, ifRevision: revision },
    { ...operation, ifRevision: revision + 1 },
  ])
}
