import type { KvasirError } from 'kvasir'
import {
  callFunction,
  describeFunctions,
  durationSince,
  findFunction,
  toFailure,
} from 'kvasir/flows'
import { mediaTypes, parseJson } from 'kvasir/protocol'
import { z } from 'zod'
import { requireScopes } from '../authenticate.ts'
import { bodyLimits } from '../body-limits.ts'
import { commitOptionsOf } from '../commit-options.ts'
import { jsonText } from '../json-response.ts'
import { failureHeaders, toldOf } from '../problem-response.ts'
import { hasBody, readJsonBody } from '../read-body.ts'
import { readQuery } from '../read-url.ts'
import type { AppContext, Route } from '../route.ts'
import { callDocs, listFunctionsDoc, showFunctionDoc } from './function-docs.ts'

const path = '/v1/functions/:name'

/** Functions called by name, and what they take. */
export const functionRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/functions',
    scopes: [],
    anyToken: true,
    handle: listFunctions,
    doc: listFunctionsDoc,
  },
  {
    method: 'GET',
    path,
    scopes: [],
    anyToken: true,
    handle: showFunction,
    fail,
    doc: showFunctionDoc,
  },
  { method: 'POST', path, scopes: [], anyToken: true, handle: call, fail, doc: callDocs },
]

type Call = Parameters<Route['handle']>

const emptyQuery = z.strictObject({})
const headers = { 'content-type': mediaTypes.json }

function listFunctions(context: AppContext): Response {
  readQuery(context, emptyQuery)
  return jsonText(context, JSON.stringify({ functions: describeFunctions() }))
}

function showFunction(context: AppContext): Response {
  readQuery(context, emptyQuery)
  const { name } = findFunction(context.req.param('name'))
  return jsonText(context, JSON.stringify(describeFunctions().find((each) => each.name === name)))
}

async function call(...[context, { engine, report }]: Call): Promise<Response> {
  readQuery(context, emptyQuery)
  const { name, scope } = findFunction(context.req.param('name'))
  const { grant, project } = context.get('caller')
  requireScopes(grant, [scope])
  const parameters = await readParameters(context)
  const options = commitOptionsOf(context)
  const tell = (error: KvasirError): KvasirError => {
    report(context, error)
    return toldOf(context, error)
  }
  const answer = await callFunction({ engine, project, options }, { name, parameters, tell })
  return context.body(JSON.stringify(answer), answer.status_code as 200, headers)
}

/** No body at all stands for no parameters. */
async function readParameters(context: AppContext): Promise<unknown> {
  const { req } = context
  const isEmpty = req.header('content-length') === '0'
  if (isEmpty || (req.header('content-type') === undefined && !hasBody(context))) return undefined
  return parseJson(await readJsonBody(context, bodyLimits.batch))
}

/** What fails before the function is called has the form of a call that failed. */
function fail(context: AppContext, error: KvasirError): Response {
  const failure = toFailure(toldOf(context, error), {
    duration: durationSince(context.get('startMs')),
  })
  return context.body(JSON.stringify(failure), failure.status_code as 400, {
    ...headers,
    ...failureHeaders(error),
  })
}
