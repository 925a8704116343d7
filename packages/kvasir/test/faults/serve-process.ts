import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../..', import.meta.url))
const program = 'packages/server/src/cli/main.ts'

/** `kvasir serve` in a process of its own. */
export interface ServeProcess {
  readonly url: string
  readonly port: number
  /** Ends it as a crash would: it cannot finish anything. */
  kill(): Promise<void>
}

/** Serves a directory, without asking for tokens; port 0 is any that is free. */
export async function startServe(
  directory: string,
  { port = 0, env = {} }: { port?: number; env?: Readonly<Record<string, string>> } = {},
): Promise<ServeProcess> {
  const serve = ['serve', '--data', directory, '--port', String(port), '--no-auth']
  const argv = ['--import', 'tsx', '--conditions=@kvasir/source', program, ...serve]
  const child = spawn(process.execPath, argv, {
    cwd: root,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = await addressOf(child)
  return {
    url,
    port: Number(new URL(url).port),
    async kill() {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}

async function addressOf(child: ChildProcess): Promise<string> {
  let said = ''
  for await (const chunk of child.stdout ?? []) {
    said += String(chunk)
    const [, url] = /listening on (\S+)/.exec(said) ?? []
    if (url !== undefined) return url
  }
  throw new Error(`kvasir serve ended before it listened: ${said}`)
}
