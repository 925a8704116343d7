/** What is wrong with the parameters of a call, in one sentence that names the parameter. */
import type { z } from 'zod'
import { describe } from '../../front/invalid-argument.ts'
import type { FlowTraits } from './define-function.ts'

type Called = Pick<FlowTraits, 'notTaken'> & { readonly parameters: z.ZodObject }

/** What a call is told of the first mistake that its schema has found. */
export function describeProblem(
  issue: z.core.$ZodIssue,
  { called, given: whole }: { readonly called: Called; readonly given: unknown },
): string {
  const place = placeOf(issue.path)
  if (issue.code === 'unrecognized_keys') return unknownName(issue.keys, place, called)
  const given = valueAt(whole, issue.path)
  if (given === undefined) return `${place} is missing. It takes ${issue.message}.`
  return `${place} takes ${issue.message}; it was given ${describeGiven(given)}.`
}

function unknownName(names: readonly string[], place: string, called: Called): string {
  const [name = ''] = names
  if (place !== '') return `${place} has no member ${describe(name)}.`
  const { notTaken = {}, parameters } = called
  const takes = Object.keys(parameters.shape)
  const known = takes.length > 0 ? `The parameters are ${takes.join(', ')}.` : 'It takes none.'
  const reason = Object.hasOwn(notTaken, name) ? notTaken[name] : undefined
  return `There is no parameter ${describe(name)}. ${reason ?? known}`
}

function placeOf(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`
      const name = String(step).slice(0, 40)
      return index === 0 ? name : `.${name}`
    })
    .join('')
}

function valueAt(given: unknown, path: readonly PropertyKey[]): unknown {
  let value = given
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<PropertyKey, unknown>)[step]
  }
  return value
}

/** A long text is cut; then its length says what is wrong with it. */
function describeGiven(given: unknown): string {
  const isLong = typeof given === 'string' && given.length > 40
  return isLong ? `${describe(given)} (${given.length} characters)` : describe(given)
}
