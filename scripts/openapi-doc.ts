// Writes what docs/openapi.json holds. Used by write-openapi-doc.ts and by the test that holds the
// file against the server's routes.

import { buildDocument } from '../packages/server/src/http/openapi/build-document.ts'
import { allRoutes } from '../packages/server/src/http/routes/all-routes.ts'
import { readVersion } from '../packages/server/src/read-version.ts'

export async function renderOpenApiDoc(): Promise<string> {
  return `${JSON.stringify(buildDocument(allRoutes, await readVersion()), null, 2)}\n`
}
