// The files of the repository as git sees them: committed, or there and not ignored.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface RepositoryFile {
  readonly path: string
  readonly text: string
}

const repository = join(import.meta.dirname, '..')

/** Reads every file whose path from the repository's root matches. */
export function readFiles(pattern: RegExp): RepositoryFile[] {
  const command = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  return execFileSync('git', command, { cwd: repository, encoding: 'utf8' })
    .split('\0')
    .filter((path) => pattern.test(path) && existsSync(join(repository, path)))
    .map((path) => ({ path, text: readFileSync(join(repository, path), 'utf8') }))
}
