import { z } from 'zod'
import { jsonAnswer, type RouteDoc } from '../route-doc.ts'

export const htmlMediaType = 'text/html'

export const documentDoc: RouteDoc = {
  operationId: 'getDocument',
  tag: 'Server',
  summary: 'This document',
  answers: {
    200: jsonAnswer(
      'The API as OpenAPI 3.1.',
      z.looseObject({ openapi: z.string(), info: z.looseObject({ version: z.string() }) }),
    ),
  },
}

export const pageDoc: RouteDoc = {
  operationId: 'getDocumentPage',
  tag: 'Server',
  summary: 'This document as a page to read',
  answers: {
    200: { description: 'The page.', content: { [htmlMediaType]: z.string() } },
  },
}
