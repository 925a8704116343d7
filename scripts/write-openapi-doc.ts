// `npm run docs:openapi`: writes docs/openapi.json.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { renderOpenApiDoc } from './openapi-doc.ts'

writeFileSync(join(import.meta.dirname, '../docs/openapi.json'), await renderOpenApiDoc())
