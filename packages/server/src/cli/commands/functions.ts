import type { FunctionDescription, JsonSchema } from 'kvasir/flows'
import { defineCommand } from '../define-command.ts'
import type { Output } from '../output.ts'

export const addFunctions = defineCommand({
  name: 'functions',
  args: ['[name]'],
  summary: 'list the functions that "kvasir call" calls, or show what one of them takes',
  settings: {},
  switches: {},
  examples: ['functions', 'functions kv-key-put', 'functions kv-key-put --json'],
  run: async ({ args: [name], out }) => {
    // Loaded here, because the other commands need not wait for what it brings along.
    const { describeFunctions, findFunction } = await import('kvasir/flows')
    const all = describeFunctions()
    if (name === undefined) return printAll(out, all)
    const known = findFunction(name).name
    const described = all.find((each) => each.name === known)
    return described ? printOne(out, described) : undefined
  },
})

async function printAll(out: Output, all: readonly FunctionDescription[]): Promise<number> {
  if (out.isJson) {
    for (const described of all) await out.json(described)
    return 0
  }
  const rows = all.map(({ name, scope, title }) => [name, scope, title])
  await out.table(['function', 'scope', 'what it does'], rows)
  return 0
}

async function printOne(out: Output, described: FunctionDescription): Promise<number> {
  if (out.isJson) {
    await out.json(described)
    return 0
  }
  const { name, title, description, scope, parameters, examples } = described
  await out.line(`${name} — ${title}`)
  await out.line('')
  await out.line(description)
  await out.line(`Needs the scope "${scope}" on a server.`)
  await out.line('')
  const rows = rowsOf(parameters)
  if (rows.length === 0) await out.line('It takes no parameters.')
  else await out.table(['parameter', 'type', '', 'what it is'], rows)
  await out.line('')
  for (const example of examples) {
    await out.line(`kvasir call ${name} '${JSON.stringify(example)}'`)
  }
  return 0
}

function rowsOf({ properties = {}, required = [] }: JsonSchema): string[][] {
  const members = Object.entries(properties as Readonly<Record<string, JsonSchema>>)
  return members.map(([name, schema]) => {
    const isRequired = (required as readonly string[]).includes(name)
    const standard = schema.default === undefined ? '' : `default: ${String(schema.default)}`
    return [name, typeOf(schema), isRequired ? 'required' : standard, String(schema.description)]
  })
}

function typeOf({ type, enum: words }: JsonSchema): string {
  if (Array.isArray(words)) return words.join('|')
  return type === undefined ? 'any' : String(type)
}
