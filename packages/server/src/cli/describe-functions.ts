/** What `kvasir call` says of the functions of the flows dialect. */
import type { FunctionDescription, JsonSchema } from 'kvasir/flows'
import type { Output } from './output.ts'

export async function printFunctions(
  out: Output,
  all: readonly FunctionDescription[],
): Promise<void> {
  if (out.isJson) {
    for (const described of all) await out.json(described)
    return
  }
  const rows = all.map(({ name, scope, title }) => [name, scope, title])
  await out.table(['function', 'scope', 'what it does'], rows)
}

export async function printFunction(out: Output, described: FunctionDescription): Promise<void> {
  if (out.isJson) return out.json(described)
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
