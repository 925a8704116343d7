import { z } from 'zod'
import { jsonAnswer, type RouteDoc } from '../route-doc.ts'

const statusShape = z.object({ status: z.literal('ok') })

export const livezDoc: RouteDoc = {
  operationId: 'checkLife',
  tag: 'Server',
  summary: 'Tells whether the process answers',
  answers: { 200: jsonAnswer('It does.', statusShape) },
}

export const readyzDoc: RouteDoc = {
  operationId: 'checkReadiness',
  tag: 'Server',
  summary: 'Tells whether to send requests',
  description:
    'They should not be sent while the server shuts down, or its store does not answer or takes no writes; of the last, `details` has `writable: false`, the `code` that writes fail with, and whether it `resumes` by itself.',
  answers: { 200: jsonAnswer('Send them.', statusShape) },
  errors: ['KV_UNAVAILABLE'],
}
