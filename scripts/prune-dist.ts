// Removes compiled files whose source is gone: the compiler leaves them behind, and they would be
// published. Runs after every build.

import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const repository = join(import.meta.dirname, '..')

for (const name of ['kvasir', 'server']) prune(join(repository, 'packages', name))

function prune(directory: string): void {
  const dist = join(directory, 'dist')
  if (!existsSync(dist)) return
  for (const path of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    const name = path.replace(/\.(js|d\.ts)(\.map)?$/, '')
    if (name === path) continue
    const sources = ['.ts', '.js'].map((ending) => join(directory, 'src', name + ending))
    if (!sources.some((source) => existsSync(source))) rmSync(join(dist, path))
  }
}
