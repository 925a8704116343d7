/** Which function answers a path. */
import type { FunctionFile } from './find-functions.ts'

/** What a path leads to: the file, and the names that follow in the path. */
export interface Match<Target> {
  readonly target: Target
  readonly rest: readonly string[]
}

interface Branch<Target> {
  target?: Target
  readonly children: Map<string, Branch<Target>>
}

/** Routes of files, of which the longest that fits a path answers it. */
export class FunctionTable<Target> {
  readonly #root: Branch<Target> = { children: new Map() }

  set(route: FunctionFile['route'], target: Target): void {
    let branch = this.#root
    for (const part of route) {
      const child = branch.children.get(part) ?? { children: new Map() }
      branch.children.set(part, child)
      branch = child
    }
    branch.target = target
  }

  /** What is at exactly this route. */
  get(route: FunctionFile['route']): Target | undefined {
    let branch: Branch<Target> | undefined = this.#root
    for (const part of route) branch = branch?.children.get(part)
    return branch?.target
  }

  find(path: readonly string[]): Match<Target> | undefined {
    let branch: Branch<Target> | undefined = this.#root
    let found: Match<Target> | undefined
    for (let index = 0; branch; index += 1) {
      if (branch.target !== undefined) found = { target: branch.target, rest: path.slice(index) }
      if (index === path.length) break
      branch = branch.children.get(path[index] ?? '')
    }
    return found
  }
}
