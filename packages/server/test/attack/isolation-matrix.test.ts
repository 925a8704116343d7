import { describe, expect, it } from 'vitest'
import { openApp } from '../http/open-app.ts'
import { matrixOffences, matrixSize } from './isolation-matrix.ts'

describe('every route, with every method and every kind of token,', () => {
  it('answers as its scopes say, and nothing of another project', async () => {
    expect(await matrixOffences(openApp)).toEqual([])
    expect(matrixSize()).toBeGreaterThan(1500)
  })
})

describe('the matrix of routes and tokens', () => {
  /** Requests to the path are served as if the token for all projects had been sent. */
  const openWithHole = (isHole: (method: string, path: string) => boolean) => {
    const opened = openApp()
    const { request } = opened.app
    const leaky: typeof request = (input, init = {}, ...rest) => {
      const headers = new Headers(init.headers)
      const isMet = isHole(init.method ?? 'GET', String(input))
      if (isMet) headers.set('authorization', 'Bearer root')
      if (isMet) headers.set('kvasir-project', 'shop')
      return request.call(opened.app, input, { ...init, headers }, ...rest)
    }
    opened.app.request = leaky
    return opened
  }

  it('finds a route that does not check the token', async () => {
    const isHistory = (method: string, path: string) =>
      method === 'GET' && path.startsWith('/v1/buckets/orders/history')

    const paths = ['/v1/buckets/:bucket/history', '/v1/buckets/:bucket/entry']
    const offences = await matrixOffences(() => openWithHole(isHistory), paths)

    const place = 'GET /v1/buckets/orders/history?key=secret with the token'
    expect(offences).toContain(`${place} "none" is 200 instead of 401`)
    expect(offences).toContain(`${place} "other" shows what is of another project`)
    expect(offences.join()).not.toContain('/entry')
  })

  it('finds a route that is not in the table', async () => {
    const offences = await matrixOffences(() => {
      const opened = openApp()
      opened.app.get('/v1/dump', (context) => context.text('everything'))
      return opened
    }, ['/livez'])

    expect(offences).toEqual(['GET /v1/dump is missing from the matrix'])
  })
})
