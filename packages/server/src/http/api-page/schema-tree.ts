/** JSON Schemas as people read them: the type in words, and members below it. */
import { html } from 'hono/html'
import type { JsonSchema } from '../openapi/wire-form.ts'
import { type Html, inline } from './prose.ts'

interface KnownSchema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly default?: unknown
  readonly format?: string
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | JsonSchema
}

/** Where the page has a named schema. */
export function schemaId(name: string): string {
  return `schema-${name}`
}

/** The type, with the members of objects below it. */
export function schemaTree(schema: JsonSchema): Html {
  return html`<p class="type">${typeOf(schema)}</p>${membersOf(schema)}`
}

/** The type in a few words. */
export function typeOf(schema: JsonSchema): Html {
  const { $ref, anyOf, oneOf, items, properties, additionalProperties, ...rest } =
    schema as KnownSchema
  if ($ref !== undefined) {
    const name = $ref.split('/').at(-1) ?? ''
    return html`<a href="#${schemaId(name)}">${name}</a>`
  }
  const choices = anyOf ?? oneOf
  if (choices) return listed(choices.map(typeOf))
  if (rest.const !== undefined) return html`<code>${JSON.stringify(rest.const)}</code>`
  if (rest.enum) return listed(rest.enum.map((each) => html`<code>${JSON.stringify(each)}</code>`))
  if (items) return html`array of ${typeOf(items)}`
  if (typeof additionalProperties === 'object' && !properties) {
    return html`object of ${typeOf(additionalProperties)}`
  }
  const types = [rest.type ?? 'any JSON'].flat().join(' or ')
  return html`${rest.format === undefined ? types : `${types} (${rest.format})`}`
}

/** The members of the object, or of the objects in it; nothing for other schemas. */
function membersOf(schema: JsonSchema): Html | string {
  const { properties, required = [], items, anyOf, oneOf } = schema as KnownSchema
  if (items) return membersOf(items)
  const choices = (anyOf ?? oneOf ?? []).map(membersOf).filter((each) => each !== '')
  if (choices.length > 0) return html`${choices}`
  if (!properties) return ''
  const members = Object.entries(properties).map(([name, member]) => {
    const need = required.includes(name) ? '' : html` <span class="note">optional</span>`
    return html`<dt><code>${name}</code> ${typeOf(member)}${need}</dt>
<dd>${aboutOf(member)}${membersOf(member)}</dd>`
  })
  return html`<dl class="members">${members}</dl>`
}

/** What the schema says of itself, its default included. */
export function aboutOf(schema: JsonSchema): Html {
  const { description, default: fallback } = schema as KnownSchema
  const said = description === undefined ? '' : inline(description)
  if (fallback === undefined) return html`${said}`
  return html`${said} <span class="note">Default: <code>${JSON.stringify(fallback)}</code></span>`
}

function listed(parts: readonly Html[]): Html {
  return html`${parts.map((part, index) => (index === 0 ? part : html` or ${part}`))}`
}
