import { html } from 'hono/html'
import type {
  Answer,
  MediaType,
  OpenApiDocument,
  Operation,
  Parameter,
  Reference,
} from '../openapi/document.ts'
import { type Html, inline, prose } from './prose.ts'
import { aboutOf, schemaTree, typeOf } from './schema-tree.ts'

/** An operation with where it is. */
export interface PlacedOperation {
  readonly path: string
  readonly method: string
  readonly operation: Operation
  /** Where the same is to be had with the key in the path. */
  readonly twin?: Omit<PlacedOperation, 'twin'>
}

/** Where the page has an operation. */
export function operationId(name: string): string {
  return `operation-${name}`
}

export function operationSection(
  { path, method, operation, twin }: PlacedOperation,
  document: OpenApiDocument,
): Html {
  const requests = [{ path, method, operation }, ...(twin ? [twin] : [])].map(requestLine)
  return html`<article><h3>${operation.summary}</h3>${requests}
${prose(operation.description ?? '')}
${parameterTable(operation.parameters ?? [], document)}
${body(operation)}
${answers(operation, document)}</article>`
}

function requestLine({ path, method, operation }: Omit<PlacedOperation, 'twin'>): Html {
  const { operationId: name } = operation
  return html`<p id="${operationId(name)}"><span class="method">${method.toUpperCase()}</span>
<code>${path}</code> <span class="note">${name}</span></p>`
}

function parameterTable(
  given: readonly (Parameter | Reference)[],
  { components }: OpenApiDocument,
): Html | string {
  const parameters = given
    .map((each) => ('$ref' in each ? components.parameters[nameOf(each)] : each))
    .filter((each) => each !== undefined)
  if (parameters.length === 0) return ''
  const rows = parameters.map(({ name, in: place, required, description, schema }) => {
    const about = { ...schema, ...(description !== undefined && { description }) }
    return html`<tr><th scope="row"><code>${name}</code></th>
<td>${place}${required ? ', required' : ''}</td>
<td>${typeOf(schema)}</td><td>${aboutOf(about)}</td></tr>`
  })
  return html`<h4>Parameters</h4>
<div class="wide" tabindex="0" role="group" aria-label="Parameters"><table><thead><tr><th scope="col">Name</th><th scope="col">Where</th><th scope="col">Type</th>
<th scope="col">Meaning</th></tr></thead><tbody>${rows}</tbody></table></div>`
}

function body({ requestBody }: Operation): Html | string {
  if (!requestBody) return ''
  const need = requestBody.required ? '' : html` <span class="note">optional</span>`
  return html`<h4>Body${need}</h4>${Object.entries(requestBody.content).map(mediaType)}`
}

function answers({ responses }: Operation, { components }: OpenApiDocument): Html {
  const told = Object.entries(responses).flatMap(([status, each]): [string, Answer][] => {
    const found = '$ref' in each ? components.responses[nameOf(each)] : each
    return found ? [[status, found]] : []
  })
  const successes = told.filter(([status]) => Number(status) < 400)
  const failures = told.filter(([status]) => Number(status) >= 400)
  return html`${successes.map(answer)}<h4>Failures</h4><dl class="failures">${failures.map(
    ([status, { description }]) => html`<dt>${status}</dt><dd>${inline(description)}</dd>`,
  )}</dl>`
}

function answer([status, { description, headers = {}, content = {} }]: [string, Answer]): Html {
  const names = Object.keys(headers)
  const list = names.map((name, index) => html`${index === 0 ? '' : ', '}<code>${name}</code>`)
  return html`<h4>Answer ${status}</h4><p>${inline(description)}</p>
${names.length > 0 ? html`<p>Headers: ${list}</p>` : ''}${Object.entries(content).map(mediaType)}`
}

function mediaType([name, { schema, examples = {} }]: [string, MediaType]): Html {
  const shown = Object.values(examples).map(
    ({ value }) => html`<pre tabindex="0"><code>${JSON.stringify(value, null, 2)}</code></pre>`,
  )
  return html`<p class="media"><code>${name}</code></p>${schemaTree(schema)}${shown}`
}

function nameOf({ $ref }: Reference): string {
  return $ref.split('/').at(-1) ?? ''
}
