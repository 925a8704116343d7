import type { FunctionRequest } from './function-request.ts'
import type { FunctionResponse } from './function-response.ts'
import type { Untyped } from './untyped.ts'

/**
 * Answers a request. What it returns is ignored, but a promise is waited for: when it rejects, the
 * client gets a 500.
 *
 * With `@types/express` installed, `FunctionHandler<Request, Response>` has all of Express.
 */
export interface FunctionHandler<Request = FunctionRequest, Response = FunctionResponse> {
  (req: Request, res: Response): unknown
  /** Further handlers, as sub-routes: `module.exports.admin`. */
  [subRoute: string]: Untyped
}
