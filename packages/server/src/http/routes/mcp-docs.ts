import { z } from 'zod'
import { jsonAnswer, jsonBody, type RouteDoc } from '../route-doc.ts'

const messageShape = z.looseObject({ jsonrpc: z.literal('2.0') })

export const mcpDoc: RouteDoc = {
  operationId: 'callAsAgent',
  tag: 'Functions',
  summary: 'Offers the functions to agents as tools',
  description:
    'The Model Context Protocol over its streamable HTTP transport: one JSON-RPC message a request, without sessions. The scopes of the token choose the tools.',
  body: jsonBody(messageShape, { jsonrpc: '2.0', id: 1, method: 'tools/list' }),
  answers: {
    200: jsonAnswer('The answer to the message.', messageShape),
    202: { description: 'The message was one that has no answer.' },
  },
}
