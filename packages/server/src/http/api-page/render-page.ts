import { createHash } from 'node:crypto'
import { html, raw } from 'hono/html'
import type { OpenApiDocument } from '../openapi/document.ts'
import { byPathSuffix } from '../openapi/operation.ts'
import { operationId, operationSection, type PlacedOperation } from './operation-section.ts'
import { type Html, prose } from './prose.ts'
import { aboutOf, schemaId, schemaTree } from './schema-tree.ts'
import { style } from './style.ts'

/**
 * What browsers may do with the page: apply its own style, and nothing else. Needed because the
 * page stands alone, with its style in it.
 */
export const pageSecurityPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The document as a page to read: HTML alone, without scripts and without anything to load. */
export async function renderPage(document: OpenApiDocument): Promise<string> {
  const { info, tags } = document
  const operations = placedOperations(document)
  const ofTag = (name: string) => operations.filter(({ operation }) => operation.tags[0] === name)
  const page = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${info.title} ${info.version}: HTTP API</title>
<style>${raw(style)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the operations</a>
<header>
<h1>${info.title}: HTTP API</h1>
<p>Version ${info.version} · <a href="openapi.json">openapi.json</a></p>
${prose(info.description)}
</header>
<div class="page">
<nav aria-label="Contents">${tags.map(({ name }) => contents(name, ofTag(name)))}
<h2><a href="#schemas">Schemas</a></h2></nav>
<main id="content">${tags.map((tag) => {
    const sections = ofTag(tag.name).map((each) => operationSection(each, document))
    return html`<section aria-labelledby="${tagId(tag.name)}">
<h2 id="${tagId(tag.name)}">${tag.name}</h2>${prose(tag.description)}${sections}</section>`
  })}
${schemasSection(document)}</main>
</div>
</body>
</html>
`
  return page.toString()
}

function contents(tag: string, operations: readonly PlacedOperation[]): Html {
  const links = operations.map(({ operation }) => {
    return html`<li><a href="#${operationId(operation.operationId)}">${operation.summary}</a></li>`
  })
  return html`<h2><a href="#${tagId(tag)}">${tag}</a></h2><ul>${links}</ul>`
}

function schemasSection({ components }: OpenApiDocument): Html {
  const schemas = Object.entries(components.schemas).map(([name, schema]) => {
    return html`<article id="${schemaId(name)}"><h3>${name}</h3>
<p>${aboutOf(schema)}</p>${schemaTree(schema)}</article>`
  })
  return html`<section aria-labelledby="schemas"><h2 id="schemas">Schemas</h2>${schemas}</section>`
}

/** The operations, of which those that are the same but for the place of the key are one. */
function placedOperations({ paths }: OpenApiDocument): PlacedOperation[] {
  const placed = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  )
  const byName = new Map(placed.map((each) => [each.operation.operationId, each]))
  return placed
    .filter(({ operation }) => !operation.operationId.endsWith(byPathSuffix))
    .map((each) => {
      const twin = byName.get(each.operation.operationId + byPathSuffix)
      return twin ? { ...each, twin } : each
    })
}

function tagId(name: string): string {
  return `tag-${name.toLowerCase().replaceAll(' ', '-')}`
}
