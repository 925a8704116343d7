import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

const readyMsMax = 30_000
const closeMsMax = 30_000

// What ends each server that runs, whatever ends the bench.
const cleanUps = new Set<() => void>()
process.once('exit', () => {
  for (const cleanUp of cleanUps) cleanUp()
})

/** A server that the bench has started, and that nobody else knows of. */
export interface BenchServer {
  /** What its clients connect to. */
  readonly address: string
  close(): Promise<void>
}

export interface ServerStart {
  readonly name: string
  readonly command: string
  readonly env: NodeJS.ProcessEnv
  readonly flags: readonly string[]
  /** Whom it runs as, if not as the user of the bench. */
  readonly user?: { readonly uid: number; readonly gid: number }
  /** What it says once it takes connections, perhaps with the address as its first group. */
  readonly readyPattern: RegExp
  /** Removes what is left when the server is gone; must not wait for anything. */
  readonly cleanUp?: () => void
}

/**
 * Starts a server, and resolves with what `readyPattern` found once it is ready. It ends with this
 * process at the latest.
 *
 * @throws {Error} when it does not start or get ready, with the last that it said.
 */
export async function startServer(
  start: ServerStart,
): Promise<{ readonly ready: RegExpExecArray; close(): Promise<void> }> {
  const { command, env, flags, user } = start
  const child = spawn(command, flags, { env, ...user, stdio: ['ignore', 'pipe', 'pipe'] })
  const cleanUp = (): void => {
    child.kill('SIGKILL')
    start.cleanUp?.()
  }
  cleanUps.add(cleanUp)

  const close = async (): Promise<void> => {
    await end(child)
    cleanUps.delete(cleanUp)
    cleanUp()
  }
  try {
    return { ready: await untilReady(child, start), close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Waits for the server's own word that it is ready. */
async function untilReady(
  child: ChildProcess,
  { name, readyPattern }: ServerStart,
): Promise<RegExpExecArray> {
  let words = ''
  const ready = await new Promise<RegExpExecArray>((resolve, reject) => {
    const fail = (reason: string): void => {
      reject(new Error(`${name} ${reason}. It said: ${words.slice(-500).trim()}`))
    }
    const timer = setTimeout(() => fail('did not get ready'), readyMsMax)
    const listen = (chunk: Buffer): void => {
      words += chunk
      const found = readyPattern.exec(words)
      if (!found) return
      clearTimeout(timer)
      resolve(found)
    }
    const failAtOnce = (reason: string): void => {
      clearTimeout(timer)
      fail(reason)
    }
    child.stdout?.on('data', listen)
    child.stderr?.on('data', listen)
    child.once('error', (error) => failAtOnce(`did not start (${error.message})`))
    child.once('exit', () => failAtOnce('ended at once'))
  })
  // Nobody listens any more, yet what it says has to go somewhere.
  child.stdout?.removeAllListeners('data').resume()
  child.stderr?.removeAllListeners('data').resume()
  return ready
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const timer = setTimeout(() => child.kill('SIGKILL'), closeMsMax)
  child.kill('SIGTERM')
  await once(child, 'exit')
  clearTimeout(timer)
}
