import { describe, expect, it } from 'vitest'
import { help, readCommand } from './command.ts'
import { suites } from './suites/suite-list.ts'

describe('the command line of the bench', () => {
  it('runs all suites when none is named, keeps what they measure, and shows the targets', () => {
    expect(readCommand([])).toMatchObject({
      kind: 'suites',
      suites,
      isKept: true,
      isWithTargets: true,
      isWritingDocs: false,
    })
  })

  it('runs the suites that are named, alone', () => {
    const command = readCommand(['--only', 'footprint,http', '--write-docs'])

    expect(command).toMatchObject({ isWithTargets: false, isWritingDocs: true, isKept: true })
    expect(command.kind === 'suites' && command.suites.map(({ name }) => name)).toEqual([
      'http',
      'footprint',
    ])
  })

  it('shows the targets without running anything', () => {
    expect(readCommand(['--only', 'targets'])).toMatchObject({ suites: [], isWithTargets: true })
  })

  it.each([['--quick'], ['--rounds', '1']])('keeps nothing of a shorter run: %s', (...flags) => {
    expect(readCommand(['--only', 'records', ...flags])).toMatchObject({ isKept: false })
  })

  it('takes single workloads, which are only printed', () => {
    expect(readCommand(['--only', 'get,set'])).toMatchObject({ kind: 'workloads' })
  })

  it('refuses a name that is neither', () => {
    expect(() => readCommand(['--only', 'speed'])).toThrow('no workload "speed"')
  })

  it('names every suite in its help', () => {
    expect(suites.filter(({ name }) => !help.includes(`--only ${name} `))).toEqual([])
  })
})
