/**
 * The tokens of a store. They live in the store itself, in a project that no user can name, so that
 * every process on the same data sees a token from the moment it is made until it is revoked.
 */
import { createHash, randomBytes } from 'node:crypto'
import { KvasirError, limits } from 'kvasir'
import { createStore, type Engine, type ListPage } from 'kvasir/engine'
import { z } from 'zod'
import { type Grant, type Scope, scopes } from './grant.ts'

/** What is known of a token. The token itself is not: only its holder has it. */
export interface TokenRecord extends Grant {
  readonly label?: string
  readonly createdAt: number
}

export interface TokenRequest {
  /** The project that the token is for, or `'*'` for all of them. */
  readonly project: string
  readonly scopes: readonly Scope[]
  /** Says to people what the token is for. */
  readonly label?: string
}

export interface TokenStore {
  /** Makes a token. This is the only time that it can be read. */
  create(request: TokenRequest): Promise<TokenRecord & { readonly token: string }>

  /** What a token allows; `undefined` when there is no such token, or not any more. */
  verify(token: string): Promise<Grant | undefined>

  /** As `verify`, where that takes no waiting. `undefined`: ask `verify`, which may know better. */
  verifyAtOnce(token: string): Grant | undefined

  /** All tokens, oldest first. */
  list(): Promise<TokenRecord[]>

  /** @throws {KvasirError} `KV_TOKEN_NOT_FOUND` */
  revoke(id: string): Promise<TokenRecord>
}

/** Keeps tokens in an engine: the one underneath, because the checked front refuses the project. */
export function createTokenStore(engine: Engine): TokenStore {
  return new EngineTokenStore(engine)
}

// The dot makes it a name that the checked front refuses, so that no request ever gets here.
const place = { project: '.kvasir', bucket: 'default' } as const

const tokenPattern = /^kv_[A-Za-z0-9_-]{43}$/
const idLength = 16
const labelLengthMax = 200
const knownTokensMax = 1000

const recordSchema = z.object({
  id: z.string(),
  project: z.string(),
  scopes: z.array(z.enum(scopes)),
  label: z.string().optional(),
  createdAt: z.number(),
})

interface KnownToken {
  readonly hash: string
  /** Of the record that was read. */
  readonly revision: number
  readonly grant: Grant
}

class EngineTokenStore implements TokenStore {
  readonly #engine: Engine
  /** What tokens were found to allow. Only tokens that exist get in. */
  readonly #known = new Map<string, KnownToken>()

  constructor(engine: Engine) {
    this.#engine = engine
  }

  async create(request: TokenRequest): Promise<TokenRecord & { readonly token: string }> {
    this.#check(request)
    const token = `kv_${randomBytes(32).toString('base64url')}`
    const hash = hashOf(token)
    const { project, scopes, label } = request
    const record: TokenRecord = {
      // A part of the hash gives nothing away and finds the token again without a second index.
      id: hash.slice(0, idLength),
      project,
      scopes: [...new Set(scopes)],
      ...(label !== undefined && { label }),
      createdAt: Date.now(),
    }
    const value = { kind: 'record', data: JSON.stringify(record) } as const
    await this.#engine.commit(place, [{ op: 'put', key: hash, value, ifAbsent: true }])
    return { ...record, token }
  }

  async verify(token: string): Promise<Grant | undefined> {
    if (!tokenPattern.test(token)) return undefined
    const known = this.#known.get(token)
    // Finding it by its hash is the comparison: how long that takes tells nothing of the token.
    const hash = known?.hash ?? hashOf(token)
    const entry = await this.#engine.get(place, hash)
    if (!entry) {
      this.#known.delete(token)
      return undefined
    }
    const { revision } = entry
    // It is looked up every time; only what stands in the same revision need not be read again.
    if (known?.revision === revision) return known.grant
    const { id, project, scopes } = parseRecord(entry)
    const grant = { id, project, scopes }
    if (this.#known.size >= knownTokensMax) this.#known.clear()
    this.#known.set(token, { hash, revision, grant })
    return grant
  }

  verifyAtOnce(token: string): Grant | undefined {
    const known = this.#known.get(token)
    if (!known) return undefined
    const entry = this.#engine.getAtOnce?.(place, known.hash)
    return entry?.revision === known.revision ? known.grant : undefined
  }

  async list(): Promise<TokenRecord[]> {
    const records: TokenRecord[] = []
    let after: string | undefined
    do {
      const page: ListPage = await this.#engine.list(place, {
        order: 'key',
        limit: limits.pageLengthMax,
        ...(after !== undefined && { after }),
      })
      records.push(...page.entries.map(parseRecord))
      after = page.hasMore ? page.entries.at(-1)?.key : undefined
    } while (after !== undefined)
    return records.sort((left, right) => left.createdAt - right.createdAt)
  }

  async revoke(id: string): Promise<TokenRecord> {
    const isId = id.length === idLength
    const found = isId
      ? await this.#engine.list(place, { order: 'key', prefix: id, limit: 1 })
      : { entries: [] }
    const [entry] = found.entries
    if (!entry) throw tokenNotFound()
    const { key } = entry
    const deleted = await this.#engine.commit(place, [{ op: 'delete', key }])
    if (deleted.ok && !deleted.results[0]?.changed) throw tokenNotFound()
    return parseRecord(entry)
  }

  #check({ project, scopes, label }: TokenRequest): void {
    // Making the handle checks the name, so that the rule for names stands in one place.
    if (project !== '*') createStore(this.#engine).project(project)
    if (scopes.length === 0) {
      throw new KvasirError('KV_INVALID_ARGUMENT', 'A token needs at least one scope.')
    }
    if (label !== undefined && label.length > labelLengthMax) {
      throw new KvasirError(
        'KV_INVALID_ARGUMENT',
        `The label of a token takes ${labelLengthMax} characters at most; it was given ${label.length}.`,
      )
    }
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

function parseRecord({ value }: ListPage['entries'][number]): TokenRecord {
  const parsed = recordSchema.safeParse(value?.kind === 'record' && parseJson(value.data))
  if (parsed.success) {
    const { label, ...record } = parsed.data
    return { ...record, ...(label !== undefined && { label }) }
  }
  throw new KvasirError(
    'KV_CORRUPT',
    'The store holds a token that cannot be read. Restore it from a backup, or empty the tokens.',
    { cause: parsed.error },
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // Refused by the schema, like any other damage.
  }
}

// The id is not repeated: somebody may have passed the token in its place.
function tokenNotFound(): KvasirError {
  return new KvasirError(
    'KV_TOKEN_NOT_FOUND',
    'No token has that id. List the tokens to see their ids.',
    { outcome: 'not-applied' },
  )
}
