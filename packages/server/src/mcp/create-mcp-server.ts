import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import {
  CallToolRequestSchema,
  type CallToolResult,
  ListToolsRequestSchema,
  type Tool,
} from '@modelcontextprotocol/sdk/types.js'
import { type FlowAnswer, KvasirError } from 'kvasir'
import {
  describeFunctions,
  type FlowScope,
  type FunctionDescription,
  findFunction,
} from 'kvasir/flows'

export interface McpParts {
  readonly version: string
  /** What the agent may do; of the other functions it is not told. */
  readonly allowed: readonly FlowScope[]
  /** What to do about a function that is not allowed, as a sentence. */
  readonly wayOut: string
  readonly call: (name: string, parameters: unknown) => Promise<FlowAnswer>
}

const instructions =
  'A key-value store. Values are kept under keys in buckets; the bucket "default" is always there. ' +
  'Every ttl is in nanoseconds. Lists come in pages: pass next_seq on as start_seq.'

/** Makes a server of the Model Context Protocol whose tools are the functions. */
export function createMcpServer(parts: McpParts): Server {
  const { version, allowed } = parts
  const server = new Server(
    { name: 'kvasir', version },
    { capabilities: { tools: {} }, instructions },
  )
  const tools = describeFunctions().filter(({ scope }) => allowed.includes(scope))
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: tools.map(toTool) }))
  server.setRequestHandler(CallToolRequestSchema, ({ params }) =>
    callTool(parts, params.name, params.arguments),
  )
  return server
}

function toTool(described: FunctionDescription): Tool {
  const { name, title, description, scope, isDestructive, isIdempotent } = described
  return {
    name,
    title,
    description,
    inputSchema: toSchema(described.parameters),
    outputSchema: toSchema(described.result),
    annotations: {
      title,
      readOnlyHint: scope === 'read',
      destructiveHint: isDestructive,
      idempotentHint: isIdempotent,
      openWorldHint: false,
    },
  }
}

/** Clients know which JSON Schema tools are written in, and some stumble over being told. */
function toSchema({ $schema: _, ...schema }: FunctionDescription['parameters']) {
  return schema as Tool['inputSchema']
}

async function callTool(
  { allowed, wayOut, call }: McpParts,
  name: string,
  parameters: unknown,
): Promise<CallToolResult> {
  try {
    const { scope } = findFunction(name)
    if (!allowed.includes(scope)) {
      throw new KvasirError('KV_FORBIDDEN', `${name} is not allowed here. ${wayOut}`)
    }
    const answer = await call(name, parameters)
    return answer.error ? failed(answer.error) : succeeded(answer.body)
  } catch (error) {
    return failed(KvasirError.from(error))
  }
}

function succeeded(body: unknown): CallToolResult {
  return {
    content: [{ type: 'text', text: JSON.stringify(body) }],
    structuredContent: body as Record<string, unknown>,
  }
}

function failed({ code, message }: { code: string; message: string }): CallToolResult {
  return { content: [{ type: 'text', text: `${code}: ${message}` }], isError: true }
}
