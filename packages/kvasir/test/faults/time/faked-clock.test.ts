import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { FakedClock } from './faked-clock.ts'

function sharedBy(pid: number | undefined): string[] {
  return readdirSync('/dev/shm').filter((name) => name.endsWith(`_${pid}`))
}

describe('a faked clock', () => {
  it('leaves nothing of a process that was killed, and all of one that runs', async () => {
    const clock = new FakedClock()
    const start = async () => {
      const program = "console.log('up'); setInterval(() => undefined, 1000)"
      const child = spawn(process.execPath, ['-e', program], { env: clock.env })
      await once(child.stdout, 'data')
      return child
    }
    const killed = await start()
    const running = await start()
    killed.kill('SIGKILL')
    await once(killed, 'exit')
    const before = sharedBy(killed.pid)

    clock.remove()

    expect(before).toHaveLength(2)
    expect(sharedBy(killed.pid)).toEqual([])
    expect(sharedBy(running.pid)).toHaveLength(2)
    running.kill('SIGKILL')
    await once(running, 'exit')
    new FakedClock().remove()
    expect(sharedBy(running.pid)).toEqual([])
  })
})
