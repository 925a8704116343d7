import { describe, expect, it } from 'vitest'
import { parseFlow, readFlow } from './flow-file.ts'

const get = { id: 'get', function: 'kv-key-get', parameters: { bucket: 'b', key: 'k' } }

describe('a flow', () => {
  it('has steps that call functions, and groups of steps', () => {
    const group = { id: 'all', for_each: [1, 2], steps: [get] }

    const flow = parseFlow({ name: 'flow', steps: [group], output: '${steps.get.body}' })

    expect(flow).toEqual({
      name: 'flow',
      steps: [{ ...group, steps: [{ ...get, allow: [] }] }],
      output: '${steps.get.body}',
    })
  })

  it.each<[string, object, RegExp]>([
    ['no steps', { steps: [] }, /expected array to have >=1 items\s+→ at steps/],
    ['an unknown member', { step: get }, /Unrecognized key: "step"/],
    ['a step without function', { steps: [{ id: 'a' }] }, /→ at steps\[0\]\.function/],
    [
      'a mistyped member within a group',
      { steps: [{ id: 'a', steps: [{ ...get, paramters: {} }] }] },
      /Unrecognized key: "paramters"\s+→ at steps\[0\]\.steps\[0\]/,
    ],
    ['an id that no reference can name', { steps: [{ ...get, id: 'a.b' }] }, /lower-case word/],
    ['two steps of one id', { steps: [get, { id: 'a', steps: [get] }] }, /Two steps .* "get"/],
    [
      'a loop of both kinds',
      { steps: [{ id: 'a', for_each: [], until: { equals: [1, 1] }, steps: [get] }] },
      /"for_each" or "until", not both/,
    ],
    [
      'a reference to a step that it has not',
      { steps: [{ ...get, parameters: { key: '${steps.gte.body ?? 0}' } }] },
      /Step "get" refers to step "gte", which is unknown\. The steps are: get\./,
    ],
    ['such an output', { output: '${steps.put.body}' }, /The output refers to step "put"/],
    [
      'a reference that is none',
      { steps: [{ ...get, when: { equals: ['${steps', 1] } }] },
      /lacks its closing brace/,
    ],
  ])('with %s is refused', (_, wrong, message) => {
    expect(() => parseFlow({ name: 'flow', steps: [get], ...wrong })).toThrow(message)
  })

  it('that cannot be read is named by its file', async () => {
    await expect(readFlow('flows/none.json')).rejects.toThrow('flows/none.json cannot be run.')
  })
})
