/**
 * References in the JSON of a flow: `${steps.page.body.items.0.key}`, with `?? 0` for what may be
 * absent. A string that is one reference becomes what it stands for, of whatever type; within a
 * longer string the value is written out. `$${` stands for `${` itself.
 */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

/** What references can reach: the input of the flow, what its steps answered, and of a loop. */
export interface Scope {
  readonly input: Json
  readonly steps: { [id: string]: Json }
  /** The element that a `for_each` is at. */
  readonly item?: Json
}

const roots = ['input', 'steps', 'item'] as const
const pattern = /\$?\$\{([^}]*)(\}?)/g
const wholePattern = /^\$\{([^}]*)\}$/
const pathPattern = /^(input|steps|item)(\.[^.\s]+)*$/

/**
 * Fills in all references of a template.
 *
 * @throws {Error} when one refers to what is not there, and gives no alternative to it.
 */
export function fill(template: Json, scope: Scope): Json {
  if (typeof template === 'string') return fillText(template, scope)
  if (Array.isArray(template)) return template.map((each) => fill(each, scope))
  if (template === null || typeof template !== 'object') return template
  const entries = Object.entries(template)
  return Object.fromEntries(entries.map(([name, value]) => [name, fill(value, scope)]))
}

/**
 * The paths that a template refers to, as lists of names.
 *
 * @throws {Error} when a reference is not written as one.
 */
export function findPaths(template: Json): string[][] {
  if (typeof template === 'string') {
    const references = [...template.matchAll(pattern)].filter(([text]) => !text.startsWith('$$'))
    return references.flatMap(([text, inside = '', end]) => {
      if (!end)
        throw new Error(`"${text}" lacks its closing brace. Write "$\${" for the text "\${".`)
      return alternativesOf(inside).flatMap((each) => (isPath(each) ? [each.split('.')] : []))
    })
  }
  if (template === null || typeof template !== 'object') return []
  return Object.values(template).flatMap(findPaths)
}

function fillText(text: string, scope: Scope): Json {
  const whole = wholePattern.exec(text)
  if (whole) return resolve(whole[1] ?? '', scope)
  return text.replaceAll(pattern, (reference, inside: string) =>
    reference.startsWith('$$') ? reference.slice(1) : write(resolve(inside, scope)),
  )
}

/** The first alternative that is there and not null, or else the last one. */
function resolve(inside: string, scope: Scope): Json {
  const alternatives = alternativesOf(inside)
  const last = alternatives.length - 1
  for (const [index, alternative] of alternatives.entries()) {
    const value = isPath(alternative) ? lookUp(alternative, scope) : JSON.parse(alternative)
    if (value !== undefined && (value !== null || index === last)) return value
  }
  throw new Error(`\${${inside}} is unknown: ${explain(alternatives[last] ?? '', scope)}`)
}

function alternativesOf(inside: string): string[] {
  const alternatives = inside.split('??').map((each) => each.trim())
  const wrong = alternatives.find((each) => !isPath(each) && !isJson(each))
  if (wrong === undefined) return alternatives
  throw new Error(
    `\${${inside}} is no reference: "${wrong}" is neither a path that begins with ${roots.join(', ')}, nor JSON.`,
  )
}

function lookUp(path: string, scope: Scope): Json | undefined {
  let value: unknown = scope
  for (const name of path.split('.')) value = memberOf(value, name)
  return value as Json | undefined
}

/** A member of an object, or an element of a list; negative places count from the end. */
function memberOf(value: unknown, name: string): unknown {
  if (Array.isArray(value) && /^-?\d+$/.test(name)) return value.at(Number(name))
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return (value as Record<string, unknown>)[name]
}

/** Says how far the path leads and what is there, by names alone: values may be secret. */
function explain(path: string, scope: Scope): string {
  const names = path.split('.')
  const depth = names.findIndex((_, index) => {
    return lookUp(names.slice(0, index + 1).join('.'), scope) === undefined
  })
  const known = names.slice(0, depth)
  const value = known.length === 0 ? undefined : lookUp(known.join('.'), scope)
  const place = known.length === 0 ? 'the flow' : known.join('.')
  return `${place} has no "${names[depth]}". ${describe(value)}`
}

function describe(value: Json | undefined): string {
  if (Array.isArray(value)) return `It is a list of ${value.length}.`
  if (value === undefined) return ''
  if (value === null) return 'It is null.'
  if (typeof value !== 'object') return `It is a ${typeof value}.`
  const names = Object.keys(value)
  return names.length === 0 ? 'It has nothing so far.' : `It has: ${names.join(', ')}.`
}

function write(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function isPath(text: string): boolean {
  return pathPattern.test(text)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    // That it cannot be parsed is the answer.
    return false
  }
}
