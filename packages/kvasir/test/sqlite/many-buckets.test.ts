import { describe, expect, it, onTestFinished } from 'vitest'
import { open, put, temporaryDirectory } from './directories.ts'

// More than a process keeps in mind.
const projects = Array.from({ length: 9000 }, (_, index) => `tenant-${index}`)

describe('a process that uses very many buckets', () => {
  it('finds each as it is stored, and tells those who watch one meanwhile', async () => {
    const engine = await open(temporaryDirectory(), { durability: 'relaxed' })
    const at = (project: string) => ({ project, bucket: 'default' })
    const watched = projects.slice(0, 3).map((project) => engine.watch(at(project), {}))
    onTestFinished(async () => {
      await Promise.all(watched.map((watch) => watch.close()))
    })
    const heard = watched.map(async (watch) => {
      for await (const event of watch) if (event.kind === 'put') return event.entry.value
      return undefined
    })

    await Promise.all(projects.slice(3).map((name) => engine.commit(at(name), [put('a', name)])))
    for (const name of projects.slice(0, 3)) await engine.commit(at(name), [put('a', name)])

    expect(await Promise.all(heard)).toEqual(
      projects.slice(0, 3).map((data) => ({ kind: 'text', data })),
    )
    for (const name of projects) {
      expect((await engine.get(at(name), 'a'))?.value).toEqual({ kind: 'text', data: name })
    }
    await engine.commit(at('tenant-5'), [{ op: 'delete', key: 'a' }])
    expect(await engine.get(at('tenant-5'), 'a')).toBe(undefined)
    expect((await engine.getBucket(at('tenant-6'))).keys).toBe(1)
  })
})
