/** The form of a flow in its JSON file, and what is found wrong with one before it runs. */
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { findPaths, type Json } from './references.ts'

/** Two values that are compared once their references are filled in. */
export type Condition = z.infer<typeof conditionSchema>

/** Calls a function. `allow` lists the statuses of failures that the flow itself deals with. */
export type CallStep = z.infer<typeof callSchema>

/** Steps that belong together: run on a condition, for each element of a list, or repeatedly. */
export interface GroupStep {
  readonly id: string
  readonly when?: Condition | undefined
  readonly for_each?: Json | undefined
  readonly until?: Condition | undefined
  readonly steps: readonly Step[]
}

export type Step = CallStep | GroupStep

export interface Flow {
  readonly name: string
  readonly description?: string | undefined
  readonly steps: readonly Step[]
  /** What the flow answers, from what its steps answered; default: null. */
  readonly output?: Json | undefined
}

const json: z.ZodType<Json> = z.json()
const pair = z.tuple([json, json])
const conditionSchema = z.union([
  z.strictObject({ equals: pair }),
  z.strictObject({ differs: pair }),
])

const id = z.string().regex(/^[a-z][a-z0-9_]*$/, 'must be a lower-case word, such as "page"')
const callSchema = z.strictObject({
  id,
  function: z.string(),
  parameters: z.record(z.string(), json).default({}),
  when: conditionSchema.optional(),
  allow: z.array(z.int().min(400).max(599)).default([]),
})

const groupSchema: z.ZodType<GroupStep> = z
  .strictObject({
    id,
    when: conditionSchema.optional(),
    for_each: json.optional(),
    until: conditionSchema.optional(),
    steps: z.array(z.lazy(() => stepSchema)).min(1),
  })
  .refine(({ for_each, until }) => for_each === undefined || until === undefined, {
    error: 'takes "for_each" or "until", not both',
  })

// A union would only say that neither form fits. This says what is wrong with the one that is meant.
const stepSchema: z.ZodType<Step> = z.unknown().transform((value, context): Step => {
  const isGroup = typeof value === 'object' && value !== null && 'steps' in value
  const { data, error } = (isGroup ? groupSchema : callSchema).safeParse(value)
  for (const { message, path } of error?.issues ?? []) {
    context.issues.push({ code: 'custom', message, path: [...path], input: value })
  }
  return data ?? z.NEVER
})

const flowSchema = z.strictObject({
  name: z.string(),
  description: z.string().optional(),
  steps: z.array(stepSchema).min(1),
  output: json.optional(),
})

/**
 * Reads a flow from its file.
 *
 * @throws {Error} when it is no flow, or refers to steps that it does not have.
 */
export async function readFlow(path: string): Promise<Flow> {
  try {
    return parseFlow(JSON.parse(await readFile(path, 'utf8')))
  } catch (cause) {
    throw new Error(`${path} cannot be run.\n${(cause as Error).message}`, { cause })
  }
}

/** @throws {Error} as `readFlow` does. */
export function parseFlow(given: unknown): Flow {
  const { data: flow, error } = flowSchema.safeParse(given)
  if (!flow) throw new Error(z.prettifyError(error))
  const ids = flow.steps.flatMap(idsWithin)
  const twice = ids.find((each, index) => ids.indexOf(each) !== index)
  if (twice !== undefined) throw new Error(`Two steps have the id "${twice}". Rename one.`)
  for (const step of flow.steps) checkReferences(step, ids)
  checkPaths({ place: 'The output', template: flow.output ?? null, ids })
  return flow
}

function idsWithin(step: Step): string[] {
  return 'steps' in step ? [step.id, ...step.steps.flatMap(idsWithin)] : [step.id]
}

function checkReferences(step: Step, ids: readonly string[]): void {
  const { id, ...rest } = step
  if ('steps' in rest) {
    const { steps, ...own } = rest
    checkPaths({ place: `Step "${id}"`, template: own as Json, ids })
    for (const each of steps) checkReferences(each, ids)
    return
  }
  checkPaths({ place: `Step "${id}"`, template: rest as Json, ids })
}

/** An alternative must not hide a mistyped step, so that this looks before anything runs. */
function checkPaths(part: { place: string; template: Json; ids: readonly string[] }): void {
  const { place, template, ids } = part
  for (const [root, id] of findPaths(template)) {
    if (root !== 'steps' || (id !== undefined && ids.includes(id))) continue
    throw new Error(
      `${place} refers to step "${id ?? ''}", which is unknown. The steps are: ${ids.join(', ')}.`,
    )
  }
}
