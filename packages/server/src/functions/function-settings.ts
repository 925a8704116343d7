/** What `kvasir.json` beside the functions may say. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { KvasirError } from 'kvasir'
import { z } from 'zod'

export const settingsFile = 'kvasir.json'

const durations = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const
const sizes = { b: 1, kb: 1024, mb: 1_048_576 } as const
const timeoutMsMax = 3_600_000
const bodyBytesMax = 512 * sizes.mb

const timeout = z
  .union([z.number(), z.string()])
  .transform((given) => (typeof given === 'number' ? given : amountOf(given, durations)))
  .refine((ms) => ms >= 1 && ms <= timeoutMsMax, {
    message: 'takes a duration up to an hour, such as "30s", or a number of milliseconds',
  })

const bodyLimit = z
  .union([z.number(), z.string()])
  .transform((given) => (typeof given === 'number' ? given : amountOf(given, sizes)))
  .refine((bytes) => Number.isInteger(bytes) && bytes >= 0 && bytes <= bodyBytesMax, {
    message: 'takes a size up to 512mb, such as "1mb", or a number of bytes',
  })

const shape = z.strictObject({
  $schema: z.string().optional(),
  project: z.string({ error: 'takes the name of a project' }).optional(),
  ttlUnit: z.enum(['ms', 's'], { error: 'takes "ms" or "s"' }).default('ms'),
  timeout: timeout.default(30_000),
  bodyLimit: bodyLimit.default(sizes.mb),
  basePath: z
    .string({ error: 'takes a path such as "/demo"' })
    .regex(/^(\/[\w.~-]+)*$/, { error: 'takes a path such as "/demo", without a slash at its end' })
    .default(''),
})

export interface FunctionSettings {
  /** Whose data the functions see; `undefined` leaves it to the command line. */
  readonly project?: string
  /** The unit of bare numbers where `kv` takes a duration. */
  readonly ttlUnit: 'ms' | 's'
  /** How long a handler may take to answer. */
  readonly timeoutMs: number
  readonly bodyBytesMax: number
  /** The path under which all functions are: '' or `/demo`. */
  readonly basePath: string
}

/**
 * Reads the settings of a directory of functions; without a file, all are at their defaults.
 *
 * @throws {KvasirError} `KV_INVALID_ARGUMENT` naming the member that is not understood.
 */
export async function readFunctionSettings(directory: string): Promise<FunctionSettings> {
  let text: string
  try {
    text = await readFile(join(directory, settingsFile), 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return parseFunctionSettings('{}')
    throw invalid(`cannot be read (${(cause as NodeJS.ErrnoException).code}).`, cause)
  }
  return parseFunctionSettings(text)
}

export function parseFunctionSettings(text: string): FunctionSettings {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw invalid(`is not JSON: ${(cause as Error).message}.`, cause)
  }
  const { success, data, error } = shape.safeParse(json)
  if (!success) throw invalid(describe(error))
  const { project, ttlUnit, basePath } = data
  return {
    ...(project !== undefined && { project }),
    ttlUnit,
    timeoutMs: data.timeout,
    bodyBytesMax: data.bodyLimit,
    basePath,
  }
}

function describe({ issues: [issue] }: z.ZodError): string {
  if (!issue) return 'is not what it should be.'
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(shape.shape).filter((name) => !name.startsWith('$'))
    return `has a member "${issue.keys[0]}", which is none of its settings: ${known.join(', ')}.`
  }
  const [member] = issue.path
  if (member === undefined) return 'holds no object, such as {"ttlUnit":"s"}.'
  return `has a "${String(member)}" that it does not take: it ${issue.message}.`
}

function amountOf(text: string, units: Readonly<Record<string, number>>): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?) ?([a-z]+)$/i.exec(text.trim()) ?? []
  return Math.round(Number(number) * (units[unit.toLowerCase()] ?? Number.NaN))
}

function invalid(problem: string, cause?: unknown): KvasirError {
  return new KvasirError('KV_INVALID_ARGUMENT', `${settingsFile} ${problem}`, {
    ...(cause !== undefined && { cause }),
  })
}
