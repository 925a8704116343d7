import { z } from 'zod'
import type { RouteDoc } from '../route-doc.ts'

export const metricsDoc: RouteDoc = {
  operationId: 'getMetrics',
  tag: 'Server',
  summary: 'The figures of the server, for Prometheus',
  description:
    'Requests by route, method and status, how long they took, connections and streams, and the process itself. No figure tells of a project, a bucket or a key.',
  answers: {
    200: {
      description: 'The figures in the text form of Prometheus.',
      content: { 'text/plain': z.string() },
    },
  },
}
