import { type AppDeps, createApp, type Grant, type Scope } from '@kvasir/server'
import type { Engine } from 'kvasir/engine'
import { openMemoryEngine } from 'kvasir/memory'

/** The tokens of the tests: one for everything, and those of the projects `shop` and `other`. */
export const tokens = {
  root: grant('*', ['read', 'write', 'admin', 'metrics']),
  shop: grant('shop', ['read', 'write', 'admin']),
  shopRead: grant('shop', ['read']),
  shopWrite: grant('shop', ['write']),
  shopAdmin: grant('shop', ['admin']),
  shopMetrics: grant('shop', ['metrics']),
  shopShared: grant('shop', ['read', 'write', 'shared']),
  other: grant('other', ['read', 'write', 'admin']),
  otherShared: grant('other', ['read', 'write', 'shared']),
  otherSharedRead: grant('other', ['read', 'shared']),
} as const satisfies Record<string, Grant>

export type TokenName = keyof typeof tokens

export interface OpenedApp {
  readonly engine: Engine
  readonly app: ReturnType<typeof createApp>
  /** Takes a token away. */
  revoke(name: TokenName): void
  /** Sends a request with the token `shop`, unless the headers say otherwise. */
  request(path: string, init?: RequestInit): Promise<Response>
  /** Sends JSON to a target such as `PUT /v1/buckets/orders`. */
  send(target: string, body: unknown, headers?: HeadersInit): Promise<Response>
}

/** An application over a fresh memory engine. */
export function openApp(deps: Partial<AppDeps> = {}): OpenedApp {
  const engine = deps.engine ?? openMemoryEngine()
  const known = new Map<string, Grant>(Object.entries(tokens))
  const app = createApp({ verifyToken: async (token) => known.get(token), ...deps, engine })
  const request: OpenedApp['request'] = async (path, init = {}) => {
    const headers = new Headers(init.headers)
    if (!headers.has('authorization')) headers.set('authorization', 'Bearer shop')
    return app.request(path, { ...init, headers })
  }
  return {
    engine,
    app,
    revoke: (name) => known.delete(name),
    request,
    send: (target, body, headers = {}) => {
      const [method = '', path = ''] = target.split(/ (.*)/s)
      return request(path, {
        method,
        body: typeof body === 'string' ? body : JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...headers },
      })
    },
  }
}

/** What a problem says, for comparing. */
export async function problemOf(response: Response) {
  const problem = (await response.json()) as Record<string, unknown>
  return { status: response.status, ...problem } as {
    status: number
    code: string
    detail: string
    details?: Record<string, unknown>
    outcome?: string
  }
}

function grant(project: string, scopes: readonly Scope[]): Grant {
  return { id: `id-${project}-${scopes.join('-')}`, project, scopes }
}
