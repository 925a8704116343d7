import { pageSecurityPolicy, renderPage } from '../api-page/render-page.ts'
import { jsonText } from '../json-response.ts'
import type { AppContext, Route, RouteParts } from '../route.ts'
import { documentDoc, htmlMediaType, pageDoc } from './document-docs.ts'

/** What the server tells of its own API. */
export const documentRoutes: readonly Route[] = [
  { method: 'GET', path: '/openapi.json', scopes: [], handle: document, doc: documentDoc },
  { method: 'GET', path: '/docs', scopes: [], handle: page, doc: pageDoc },
]

async function document(context: AppContext, parts: RouteParts): Promise<Response> {
  return jsonText(context, JSON.stringify(await parts.document()))
}

async function page(context: AppContext, parts: RouteParts): Promise<Response> {
  const html = await renderPage(await parts.document())
  context.set('securityPolicy', pageSecurityPolicy)
  return context.body(html, 200, { 'content-type': `${htmlMediaType}; charset=utf-8` })
}
