// House style that no linter checks, as functions of a file's path and text. Used by tidy.test.ts.

import type { RepositoryFile } from './repository-files.ts'

export type Check = (file: RepositoryFile) => string[]

const linesMax = 300
const columnsMax = 100

/** Each check returns one sentence per offence, and nothing for a clean file. */
export const checks = {
  'files stay under 300 lines': ({ text }) => {
    const count = text.trimEnd().split('\n').length
    return count > linesMax ? [`has ${count} lines; split it before ${linesMax}`] : []
  },
  'lines stay under 100 columns': (file) =>
    offences(file, (line) => line.length > columnsMax && !isUnbreakable(line)),
  'nothing is left to do': (file) => offences(file, (line) => /\b(TODO|FIXME|XXX)\b/.test(line)),
  'no test is focused or skipped': (file) =>
    offences(file, (line) => /\b(it|test|describe)\.(only|skip|todo)\b/.test(line)),
  'no rule is switched off': (file) =>
    offences(file, (line) => /biome-ignore|@ts-(ignore|expect-error|nocheck)/.test(line)),
  'no path of one machine': (file) =>
    offences(file, (line) => /(^|[\s'"`(=:])\/(work|root|home)\//.test(line)),
} as const satisfies Record<string, Check>

/** A URL or a string cannot be broken without making it worse. */
function isUnbreakable(line: string): boolean {
  return /https?:\/\/\S{40}|(['"`]).{60,}\1/.test(line)
}

function offences({ text }: RepositoryFile, isBad: (line: string) => boolean): string[] {
  return text.split('\n').flatMap((line, index) => {
    return isBad(line) ? [`line ${index + 1}: ${line.trim().slice(0, 80)}`] : []
  })
}
