import { z } from 'zod'
import { pageOf } from '../openapi/answer-shapes.ts'
import { jsonAnswer, type RouteDoc } from '../route-doc.ts'
import { pageParameters } from '../shape.ts'

const projectShape = z.object({ name: z.string() })

export const projectDoc: RouteDoc = {
  operationId: 'getProject',
  tag: 'Projects',
  summary: 'Names the project that the request speaks of',
  answers: { 200: jsonAnswer('The project.', projectShape) },
}

export const listProjectsDoc = {
  operationId: 'listProjects',
  tag: 'Projects',
  summary: 'Lists the projects',
  description:
    'By name, those in which anything was ever stored or a bucket created. The store that all projects share is not among them.',
  query: z.strictObject(pageParameters),
  answers: { 200: jsonAnswer('A page of projects.', pageOf(projectShape)) },
  errors: ['KV_INVALID_CURSOR'],
} as const satisfies RouteDoc
