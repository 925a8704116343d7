import { describe, expect, it } from 'vitest'
import { onAbort } from '../../src/engine/on-abort.ts'

describe('waiting for a signal', () => {
  it('calls each callback once, unless it was taken back', () => {
    const controller = new AbortController()
    const called: string[] = []
    onAbort(controller.signal, () => called.push('first'))
    const forget = onAbort(controller.signal, () => called.push('taken back'))
    onAbort(controller.signal, () => called.push('last'))

    forget()
    controller.abort()
    controller.abort()

    expect(called).toEqual(['first', 'last'])
  })

  it('calls at once when the signal was aborted before', () => {
    const called: string[] = []

    onAbort(AbortSignal.abort(), () => called.push('at once'))

    expect(called).toEqual(['at once'])
  })

  it('takes many callbacks without being taken for a leak', async () => {
    const warnings: string[] = []
    const note = (warning: Error): void => void warnings.push(warning.name)
    process.on('warning', note)
    const { signal } = new AbortController()

    for (let count = 0; count < 100; count++) onAbort(signal, () => undefined)
    await new Promise(setImmediate)

    process.off('warning', note)
    expect(warnings).toEqual([])
  })
})
