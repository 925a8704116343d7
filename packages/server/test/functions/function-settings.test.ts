import { KvasirError } from 'kvasir'
import { describe, expect, it } from 'vitest'
import { parseFunctionSettings } from '../../src/functions/function-settings.ts'

describe('the settings of functions', () => {
  it('have defaults, and take durations and sizes as text or numbers', () => {
    expect(parseFunctionSettings('{}')).toEqual({
      ttlUnit: 'ms',
      timeoutMs: 30_000,
      bodyBytesMax: 1_048_576,
      basePath: '',
    })
    const given = {
      project: 'shop',
      ttlUnit: 's',
      timeout: '1.5m',
      bodyLimit: '2MB',
      basePath: '/a/b',
    }
    expect(parseFunctionSettings(JSON.stringify(given))).toEqual({
      project: 'shop',
      ttlUnit: 's',
      timeoutMs: 90_000,
      bodyBytesMax: 2_097_152,
      basePath: '/a/b',
    })
    expect(parseFunctionSettings('{"timeout":250,"bodyLimit":0}')).toMatchObject({
      timeoutMs: 250,
      bodyBytesMax: 0,
    })
  })

  it.each([
    ['{', /is not JSON/],
    ['[]', /no object/],
    ['7', /no object/],
    ['{"project":7}', /"project".* name of a project/],
    ['{"ttlUnit":"seconds"}', /"ttlUnit".*"ms" or "s"/],
    ['{"timeout":"soon"}', /"timeout".*such as "30s"/],
    ['{"timeout":0}', /"timeout"/],
    ['{"timeout":"2h"}', /"timeout".*an hour/],
    ['{"bodyLimit":"huge"}', /"bodyLimit".*such as "1mb"/],
    ['{"bodyLimit":-1}', /"bodyLimit"/],
    ['{"basePath":"demo"}', /"basePath".*"\/demo"/],
    ['{"basePath":"/demo/"}', /"basePath"/],
    ['{"ttl":"s"}', /member "ttl".*ttlUnit/],
  ])('refuse %s, and name what is wrong', (text, message) => {
    const parsing = () => parseFunctionSettings(text)

    expect(parsing).toThrow(KvasirError)
    expect(parsing).toThrow(message)
  })
})
