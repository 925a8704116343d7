import { openStore } from 'kvasir'
import { describeFunctions } from 'kvasir/flows'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { allFunctions } from '../../src/dialects/flows/all-functions.ts'
import { functionNames } from '../../src/dialects/flows/function-names.ts'

let store: Awaited<ReturnType<typeof openStore>>

beforeEach(async () => {
  store = await openStore('memory:')
  for (const bucket of ['user-preferences', 'api-cache', 'feature-flags', 'counters', 'users']) {
    await store.project().createBucket(bucket, { history: 64 })
  }
})

afterEach(() => store.close())

describe('the table of functions', () => {
  it('has each function under its name, and names no other', () => {
    expect(Object.keys(allFunctions).sort()).toEqual([...functionNames].sort())
    for (const [name, { name: own }] of Object.entries(allFunctions)) expect(own).toBe(name)
  })

  it('gives every function a title, a description and examples', () => {
    for (const { title, description, examples } of describeFunctions()) {
      expect(title).toMatch(/^[A-Z]/)
      expect(description).toMatch(/^[A-Z].*\.$/)
      expect(examples.length).toBeGreaterThan(0)
    }
  })
})

describe.each(Object.entries(allFunctions))('%s', (name, { parameters, result, examples }) => {
  it('describes parameters and result as schemas that say what each parameter is', () => {
    const described = describeFunctions().find((each) => each.name === name)
    const properties = Object.values((described?.parameters.properties ?? {}) as object)

    expect(described?.parameters).toMatchObject({ type: 'object', additionalProperties: false })
    expect(described?.result).toMatchObject({ type: 'object', additionalProperties: false })
    expect(properties.map(({ description }) => typeof description)).toEqual(
      properties.map(() => 'string'),
    )
  })

  it('takes its own examples, by its schema in both forms', () => {
    const { parameters: schema } = describeFunctions().find((each) => each.name === name) ?? {}
    const fromJson = z.fromJSONSchema(schema as never)

    for (const example of examples) {
      expect(parameters.parse(example)).toMatchObject(example)
      expect(fromJson.parse(example)).toMatchObject(example)
    }
  })

  it('answers what its result says', async () => {
    await store.project().kv({ bucket: 'user-preferences' }).set('user_123', { theme: 'dark' })
    await store.project().kv({ bucket: 'feature-flags' }).set('checkout', 'old')

    const answer = await store.project().flows().call<string>(name, examples[0])

    expect(answer.error).toBe(undefined)
    expect(() => result.parse(answer.body)).not.toThrow()
  })
})
