import { existsSync } from 'node:fs'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import { functionNames } from 'kvasir/flows'
import { describe, expect, it, onTestFinished } from 'vitest'
import { contentsOf, dataDirectoryWith, kvasir, newDataDirectory } from '../cli/command-harness.ts'
import { programCommand } from '../cli/process-harness.ts'
import { openApp, type TokenName } from '../http/open-app.ts'

const readingNames = [
  'kv-bucket-get',
  'kv-bucket-list',
  'kv-key-get',
  'kv-key-list',
  'kv-key-history',
]

describe('an agent that starts kvasir mcp', () => {
  it('is told what it talks to, and of functions that read', async () => {
    const client = await startMcp(['--data', await dataDirectoryWith({})])

    const { tools } = await client.listTools()

    expect(client.getServerVersion()).toMatchObject({ name: 'kvasir' })
    expect(client.getInstructions()).toContain('nanoseconds')
    expect(tools.map(({ name }) => name)).toEqual(readingNames)
    expect(tools.every(({ annotations }) => annotations?.readOnlyHint)).toBe(true)
  })

  it('reads, and can change nothing', async () => {
    const data = await dataDirectoryWith({ ada: { age: 36 } })
    const before = await contentsOf(data)
    const client = await startMcp(['--data', data])

    const got = await callTool(client, 'kv-key-get', { key: 'ada', json: true })
    const put = await callTool(client, 'kv-key-put', { key: 'ada', value: 1 })
    await client.close()

    expect(got.structuredContent).toMatchObject({ key: 'ada', value: { age: 36 } })
    expect(put).toMatchObject({ isError: true, content: [{ type: 'text' }] })
    expect(JSON.stringify(put.content)).toContain('--write')
    expect(await contentsOf(data)).toEqual(before)
  })

  it('is given every function with --write, with words about what it does', async () => {
    const client = await startMcp(['--write', '--data', await newDataDirectory()])

    const { tools } = await client.listTools()
    const put = await callTool(client, 'kv-key-put', { key: 'ada', value: { age: 36 } })

    expect(tools.map(({ name }) => name)).toEqual(functionNames)
    expect(tools.find(({ name }) => name === 'kv-key-put')).toMatchObject({
      title: 'Store a value',
      inputSchema: { type: 'object', required: ['bucket', 'key', 'value'] },
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
    })
    expect(put.structuredContent).toEqual({ key: 'ada', revision: 1 })
  })

  it('is told of its mistakes in words that it can act on', async () => {
    const client = await startMcp(['--write', '--data', await dataDirectoryWith({})])

    const wrong = await callTool(client, 'kv-key-put', { key: 'ada', value: 1, ttl: 60 })
    const unknown = await callTool(client, 'kv-key-putt', {})
    const missing = await callTool(client, 'kv-key-get', { key: 'nobody' })

    expect(textOf(wrong)).toContain('ttl takes an integer of nanoseconds')
    expect(textOf(unknown)).toContain('Did you mean kv-key-put')
    expect(textOf(missing)).toContain('KV_KEY_NOT_FOUND')
    expect([wrong, unknown, missing].every(({ isError }) => isError)).toBe(true)
  })
})

describe('kvasir mcp', () => {
  it('answers what it was asked before its input ended, and ends', async () => {
    const data = await dataDirectoryWith({})
    const lines = [
      request(1, 'initialize', {
        protocolVersion: '2025-06-18',
        capabilities: {},
        clientInfo: { name: 'test', version: '1' },
      }),
      'this line is no message',
      request(2, 'tools/call', { name: 'kv-bucket-list', arguments: {} }),
    ]

    const stdin = lines.map((line) => `${line}\n`).join('')
    const { exitCode, stdout, stderr } = await kvasir(['mcp', '--data', data], { stdin })

    const answers = stdout.trimEnd().split('\n')
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(answers.map((line) => JSON.parse(line).id)).toEqual([1, 2])
  })

  it('makes no store where there is none, unless it may write', async () => {
    const data = await newDataDirectory()

    const { exitCode, stdout } = await kvasir(['mcp', '--data', data])

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(existsSync(data)).toBe(false)
  })
})

describe('an agent at /mcp', () => {
  it('is given the functions that its token allows', async () => {
    const names = async (token: TokenName) => {
      const { tools } = await (await connectHttp(token)).listTools()
      return tools.map(({ name }) => name)
    }

    expect(await names('shopRead')).toEqual(readingNames)
    expect(await names('shopAdmin')).toEqual([
      'kv-bucket-create',
      'kv-bucket-update',
      'kv-bucket-delete',
    ])
    expect(await names('shop')).toEqual(functionNames)
  })

  it('calls them in the project of its token', async () => {
    const app = openApp()
    const ours = await connectHttp('shop', app)
    const theirs = await connectHttp('other', app)

    await callTool(ours, 'kv-key-put', { key: 'ada', value: 'ours' })
    const got = await callTool(ours, 'kv-key-get', { key: 'ada' })
    const other = await callTool(theirs, 'kv-key-get', { key: 'ada' })

    expect(got.structuredContent).toMatchObject({ value: 'ours' })
    expect(textOf(other)).toContain('KV_KEY_NOT_FOUND')
  })

  it('is refused what its token does not allow', async () => {
    const client = await connectHttp('shopRead')

    const put = await callTool(client, 'kv-key-put', { key: 'ada', value: 1 })

    expect(put.isError).toBe(true)
    expect(textOf(put)).toContain('another scope')
  })

  it('needs a token', async () => {
    const { send } = openApp()

    const response = await send('POST /mcp', { jsonrpc: '2.0' }, { authorization: '' })

    expect(response.status).toBe(401)
  })
})

async function startMcp(argv: readonly string[]): Promise<Client> {
  const { command, args, cwd } = programCommand(['mcp', ...argv])
  return connect(new StdioClientTransport({ command, args, cwd }))
}

function connectHttp(token: TokenName, { app } = openApp()): Promise<Client> {
  const transport = new StreamableHTTPClientTransport(new URL('http://localhost/mcp'), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
    fetch: async (url, init) => app.request(String(url), init),
  })
  return connect(transport)
}

async function connect(transport: Transport): Promise<Client> {
  const client = new Client({ name: 'test', version: '1.0.0' })
  onTestFinished(() => client.close())
  await client.connect(transport)
  return client
}

async function callTool(client: Client, name: string, parameters: object) {
  const called = { name, arguments: { bucket: 'default', ...parameters } }
  return (await client.callTool(called)) as CallToolResult
}

function textOf({ content }: CallToolResult): string {
  return JSON.stringify(content)
}

function request(id: number, method: string, params: object): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, params })
}
