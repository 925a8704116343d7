import { type Harness, testEngine } from 'kvasir/conformance'
import { expect } from 'vitest'

/** A test that hangs is as red as one that fails. */
const patienceMs = 5000

/** The tests of the suite by their titles, collected instead of run. */
export function collectTests(harness: Harness): ReadonlyMap<string, () => Promise<void>> {
  const tests = new Map<string, () => Promise<void>>()
  const path: string[] = []
  const describe = (name: string, body: () => void): void => {
    path.push(name)
    body()
    path.pop()
  }
  const it = (name: string, body: () => Promise<void>): void => {
    const [, ...groups] = path // The first is the engine's name.
    tests.set([...groups, name].join(' › '), body)
  }
  testEngine({ describe, it, expect }, harness)
  return tests
}

/** Runs the tests of these titles; answers those that are red. */
export async function redAmong(harness: Harness, titles: readonly string[]): Promise<string[]> {
  const tests = collectTests(harness)
  const red: string[] = []
  for (const title of titles) {
    const test = tests.get(title)
    if (!test) throw new Error(`The suite has no test called "${title}".`)
    if (!(await isGreen(test))) red.push(title)
  }
  return red
}

async function isGreen(test: () => Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const hung = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), patienceMs)
  })
  const ended = test().then(
    () => true,
    () => false,
  )
  const isGreen = await Promise.race([ended, hung])
  clearTimeout(timer)
  return isGreen
}
