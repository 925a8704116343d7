// Removes compiled files whose source is gone: the compiler leaves them behind, and they would be
// published. Runs after every build.

import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const repository = join(import.meta.dirname, '..')

// The bundler looks after the JavaScript of the library itself.
prune(join(repository, 'packages/kvasir'), /\.d\.ts(\.map)?$/)
prune(join(repository, 'packages/server'), /\.(js|d\.ts)(\.map)?$/)

function prune(directory: string, compiled: RegExp): void {
  const dist = join(directory, 'dist')
  if (!existsSync(dist)) return
  for (const path of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    const name = path.replace(compiled, '')
    if (name === path) continue
    const sources = ['.ts', '.js'].map((ending) => join(directory, 'src', name + ending))
    if (!sources.some((source) => existsSync(source))) rmSync(join(dist, path))
  }
}
