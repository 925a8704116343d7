import type { Route } from '../route.ts'
import { batchRoutes } from './batch-routes.ts'
import { bucketRoutes } from './bucket-routes.ts'
import { documentRoutes } from './document-routes.ts'
import { entryRoutes } from './entry-routes.ts'
import { functionRoutes } from './function-routes.ts'
import { healthRoutes } from './health-routes.ts'
import { listingRoutes } from './listing-routes.ts'
import { mcpRoute } from './mcp-route.ts'
import { metricsRoute } from './metrics-route.ts'
import { projectRoutes } from './project-routes.ts'
import { recordFieldRoutes } from './record-field-routes.ts'
import { recordRoutes } from './record-routes.ts'
import { subjectRoute } from './subject-route.ts'
import { watchRoute } from './watch-route.ts'

/** Everything that the server answers. */
export const allRoutes: readonly Route[] = [
  ...healthRoutes,
  metricsRoute,
  ...documentRoutes,
  ...projectRoutes,
  ...bucketRoutes,
  ...listingRoutes,
  watchRoute,
  subjectRoute,
  ...entryRoutes,
  ...recordRoutes,
  ...recordFieldRoutes,
  ...batchRoutes,
  ...functionRoutes,
  mcpRoute,
]
