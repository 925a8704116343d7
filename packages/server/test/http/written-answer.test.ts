import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { httpDate, takesHead } from '../../src/http/written-answer.ts'

describe('a head that is written already', () => {
  it('is not taken by an answer that has one', () => {
    const response = new ServerResponse(new IncomingMessage(new Socket()))
    response.writeHead(204)

    expect(takesHead(response, 'HTTP/1.1 200 OK\r\n\r\n')).toBe(false)
  })

  it('is not taken where Node keeps heads otherwise, and leaves the answer as it was', () => {
    const response = new ServerResponse(new IncomingMessage(new Socket()))
    Object.defineProperty(response, 'headersSent', { get: () => false })

    expect(takesHead(response, 'HTTP/1.1 200 OK\r\n\r\n')).toBe(false)
    response.writeHead(204)

    expect(response.statusCode).toBe(204)
  })
})

describe('the time in a head', () => {
  it('is in whole seconds, as HTTP writes it', () => {
    const moment = Date.UTC(2026, 10, 8, 8, 49, 37)

    expect(httpDate(moment)).toBe('Sun, 08 Nov 2026 08:49:37 GMT')
    expect(httpDate(moment + 999)).toBe('Sun, 08 Nov 2026 08:49:37 GMT')
    expect(httpDate(moment + 1000)).toBe('Sun, 08 Nov 2026 08:49:38 GMT')
  })
})
