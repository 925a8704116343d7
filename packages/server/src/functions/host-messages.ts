/** The requests and responses of the host: Express's own, made as such by the HTTP server. */
import { IncomingMessage, type ServerOptions } from 'node:http'
import express, { type Request, type Response } from 'express'
import { PacedResponse } from '../http/paced-response.ts'
import type { CallCounts } from './function-call.ts'

export type HostRequest = Request

export interface HostResponse extends Response {
  /** Tells in the headers what this call reads and writes until they are sent. */
  countOf(call: CallCounts): void
}

export interface HostMessages {
  /** What makes `createServer` create them. */
  readonly classes: Pick<
    ServerOptions<typeof IncomingMessage, typeof PacedResponse>,
    'IncomingMessage' | 'ServerResponse'
  >
}

/** How often the request read from the store and wrote to it, up to its answer. */
const countHeaders = { reads: 'Kvasir-Reads', writes: 'Kvasir-Writes' } as const

/**
 * Express changes the prototypes of each request and response, and finds its way through a router;
 * here they are born with the right ones, which costs less than a third of that.
 */
export function createHostMessages(
  passOn: (req: HostRequest, res: HostResponse, error: unknown) => void,
): HostMessages {
  const app = express()

  class ExpressRequest extends IncomingMessage {
    /** What some methods of Express call when they cannot answer. */
    get next(): (error?: unknown) => void {
      const req = this as unknown as HostRequest
      return (error) => passOn(req, req.res as HostResponse, error)
    }

    /** A router within a function has its own. */
    set next(value: (error?: unknown) => void) {
      Object.defineProperty(this, 'next', { value, writable: true, configurable: true })
    }
  }

  class ExpressResponse<Incoming extends IncomingMessage> extends PacedResponse<Incoming> {
    #call: CallCounts | undefined

    countOf(call: CallCounts): void {
      this.#call = call
    }

    override writeHead(...given: unknown[]): this {
      const call = this.#call
      if (call && !this.headersSent) {
        this.setHeader(countHeaders.reads, call.reads)
        this.setHeader(countHeaders.writes, call.writes)
      }
      return super.writeHead(...(given as Parameters<PacedResponse['writeHead']>))
    }

    override end(...given: unknown[]): this {
      PacedResponse.prototype.end.apply(this, given as [])
      return this
    }
  }

  Object.setPrototypeOf(ExpressRequest.prototype, app.request)
  Object.setPrototypeOf(ExpressResponse.prototype, app.response)
  return { classes: { IncomingMessage: ExpressRequest, ServerResponse: ExpressResponse } }
}
