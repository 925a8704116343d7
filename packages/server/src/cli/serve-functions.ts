/** Serves functions until the process is told to stop: what `kvasir functions` does. */
import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { KvasirError } from 'kvasir'
import { chooseLocation } from '../config/location.ts'
import type { Given, SettingValues } from '../config/setting.ts'
import type { functionsSettings } from '../config/settings.ts'
import type { HostOptions } from '../functions/host-protocol.ts'
import { superviseHost } from '../functions/supervise-host.ts'
import { createLog } from './create-log.ts'
import { type Io, type OutputStream, writeTo } from './io.ts'
import { readToken } from './open-store.ts'
import type { Output } from './output.ts'
import { stopOf } from './stop-of.ts'

export interface FunctionsRequest {
  readonly directory: string
  readonly settings: SettingValues<typeof functionsSettings>
  /** The development mode. */
  readonly watch: boolean
  readonly given: Given
  readonly io: Io
  readonly out: Output
}

export async function serveFunctions(request: FunctionsRequest): Promise<void> {
  const { settings, io, out } = request
  const options = await optionsOf(request)
  const served = await superviseHost({
    host: settings.host,
    port: settings.port,
    options,
    logger: createLog(io.stderr, options.logLevel),
    output: { print: passOn(io.stdout), log: passOn(io.stderr) },
  })
  try {
    if (out.isJson) await out.json({ url: served.url })
    else await out.line(`listening on ${served.url}`)
    await stopOf(io.signal)
    await out.say('Stopping: requests may finish. A second signal stops at once.')
  } finally {
    await served.close({ graceMs: settings.graceMs })
  }
}

async function optionsOf(request: FunctionsRequest): Promise<Omit<HostOptions, 'refused'>> {
  const { directory, settings, watch, given } = request
  const root = await realpath(directory).catch((cause: NodeJS.ErrnoException) => {
    throw new KvasirError(
      'KV_INVALID_ARGUMENT',
      `The directory ${JSON.stringify(directory)} cannot be read (${cause.code}). Give the one that holds your functions; "kvasir functions new <name>" writes a first.`,
      { cause },
    )
  })
  const { project, durability, logLevel = watch ? 'info' : 'error' } = settings
  const store = { ...(await storeOf(root, settings, given)), durability }
  return { root, store, logLevel, watch, ...(project !== undefined && { project }) }
}

async function storeOf(
  root: string,
  settings: SettingValues<typeof functionsSettings>,
  given: Given,
): Promise<{ readonly location: string; readonly token?: string }> {
  if (settings.data === undefined && settings.url === undefined) {
    return { location: join(root, '.kvasir') }
  }
  const location = chooseLocation(settings, given)
  if (location.kind === 'data') return { location: location.directory }
  return { location: location.url, ...(await readToken(settings, given)) }
}

/** A log that nobody can read is no reason to stop serving. */
function passOn(stream: OutputStream): (chunk: Uint8Array) => void {
  return (chunk) => void writeTo(stream, chunk).catch(() => undefined)
}
