import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/**
 * Ends a process that is still there. One that is gone has ended by itself, as Node ends processes
 * in which an error or a rejection reaches nobody: that is no kill, but a finding.
 *
 * @throws {Error} when it has ended before, or when told to close ends with another code than 0.
 */
export async function endProcess(
  child: ChildProcess,
  { by, said }: { readonly by: 'SIGKILL' | 'SIGTERM' | 'disconnect'; readonly said: () => string },
): Promise<void> {
  const { exitCode, signalCode } = child
  if (exitCode !== null || signalCode !== null) {
    throw new Error(`The process ended by itself with ${exitCode ?? signalCode}: ${said()}`)
  }
  const ended = once(child, 'exit')
  if (by === 'disconnect') child.disconnect()
  else child.kill(by)
  const [code, signal] = await ended
  if (by === 'SIGKILL' ? signal === by : code === 0) return
  throw new Error(`The process ended with ${code ?? signal} when told ${by}: ${said()}`)
}
