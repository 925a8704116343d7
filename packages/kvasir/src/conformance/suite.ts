import type { Expect, Harness, Runner } from './harness.ts'
import { type Scene, Stage } from './scene.ts'

export type TestBody = (scene: Scene) => Promise<void>

/** What the files of the suite write their tests with: each test gets a fresh store. */
export interface Suite {
  describe(name: string, body: () => void): void
  it(title: string, body: TestBody): void
  /** A test of what outlives closing; an engine without persistence must say so consistently. */
  itWherePersistent(title: string, body: TestBody): void
  readonly expect: Expect
}

/** Makes the tools of the suite for one engine, with its exemptions enforced. */
export function createSuite(runner: Runner, harness: Harness): Suite & { finish(): void } {
  const path: string[] = []
  const titles = new Set<string>()
  const reasons = new Map(harness.exemptions?.map(({ test, reason }) => [test, reason]))

  const register = (title: string, run: () => Promise<void>): void => {
    const fullTitle = [...path, title].join(' › ')
    if (titles.has(fullTitle)) throw new Error(`Two tests are called ${fullTitle}.`)
    titles.add(fullTitle)
    const isExempt = reasons.has(fullTitle)
    runner.it(title, isExempt ? () => expectFailure(run, fullTitle) : run)
  }

  return {
    expect: runner.expect,
    describe(name, body) {
      runner.describe(name, () => {
        path.push(name)
        body()
        path.pop()
      })
    },
    it(title, body) {
      register(title, () => withStage(harness, async (stage) => body(await stage.scene())))
    },
    itWherePersistent(title, body) {
      register(title, () =>
        withStage(harness, async (stage) => {
          runner.expect(stage.canReopen).toBe(stage.isPersistent)
          if (stage.isPersistent) await body(await stage.scene())
        }),
      )
    },
    finish() {
      const unknown = [...reasons.keys()].filter((test) => !titles.has(test))
      const unexplained = [...reasons].filter(([, reason]) => reason.trim() === '')
      runner.it('names only tests that exist in its exemptions, each with a reason', async () => {
        runner.expect(unknown).toEqual([])
        runner.expect(unexplained).toEqual([])
      })
    },
  }
}

async function withStage(harness: Harness, run: (stage: Stage) => Promise<void>): Promise<void> {
  const stage = new Stage(await harness.open())
  try {
    await run(stage)
  } finally {
    await stage.close()
  }
}

async function expectFailure(run: () => Promise<void>, title: string): Promise<void> {
  try {
    await run()
  } catch {
    return // It fails, as the exemption says.
  }
  throw new Error(`"${title}" passes, so that its exemption is not needed. Remove it.`)
}
