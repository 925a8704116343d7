import type { KvasirError } from 'kvasir'
import { callFunction } from 'kvasir/flows'
import { parseJson } from 'kvasir/protocol'
import { z } from 'zod'
import { bodyLimits } from '../body-limits.ts'
import { toldOf } from '../problem-response.ts'
import { readJsonBody } from '../read-body.ts'
import { readQuery } from '../read-url.ts'
import type { Route } from '../route.ts'
import { invalidArgument } from '../shape.ts'
import { mcpDoc } from './mcp-docs.ts'

/** The functions as tools of agents: what the token allows, and nothing else. */
export const mcpRoute: Route = {
  method: 'POST',
  path: '/mcp',
  scopes: [],
  anyToken: true,
  handle: answer,
  doc: mcpDoc,
}

const emptyQuery = z.strictObject({})

async function answer(
  ...[context, { engine, report }]: Parameters<Route['handle']>
): Promise<Response> {
  readQuery(context, emptyQuery)
  const parsedBody = parseJson(await readJsonBody(context, bodyLimits.batch))
  // Loaded here, because a server that no agent asks need not wait for the protocol.
  const [{ WebStandardStreamableHTTPServerTransport }, { createMcpServer }, { readVersion }] =
    await Promise.all([
      import('@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'),
      import('../../mcp/create-mcp-server.ts'),
      import('../../read-version.ts'),
    ])
  const { grant, project } = context.get('caller')
  const server = createMcpServer({
    version: await readVersion(),
    allowed: grant.scopes.filter((scope) => scope !== 'shared' && scope !== 'metrics'),
    wayOut: 'It needs a token with another scope.',
    call: (name, parameters) => {
      const tell = (error: Parameters<typeof report>[1]) => {
        report(context, error)
        return toldOf(context, error)
      }
      return callFunction({ engine, project, options: {} }, { name, parameters, tell })
    },
  })
  // One server for each request: there are no sessions, so that nothing is kept between them.
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true })
  await server.connect(transport)
  try {
    const answered = await transport.handleRequest(context.req.raw, { parsedBody })
    if (answered.status >= 400) throw await toRefusal(answered)
    return answered
  } finally {
    await server.close()
  }
}

const refusalShape = z.object({ error: z.object({ message: z.string() }) })

/** What the transport says of a request that it does not take, in the form that failures have. */
async function toRefusal(answered: Response): Promise<KvasirError> {
  const parsed = refusalShape.safeParse(await answered.json())
  const reason = parsed.success ? parsed.data.error.message : `status ${answered.status}`
  return invalidArgument(`The request is not one of the Model Context Protocol (${reason}).`)
}
