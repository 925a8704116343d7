import { describe, expect, it } from 'vitest'
import { parseFlow } from './flow-file.ts'
import { createCall } from './functions.ts'
import { startLocalApi } from './local-api.ts'
import type { Json } from './references.ts'
import { runFlow } from './run-flow.ts'
import { type ServedStore, serveStore } from './served-store.ts'

const counter = { bucket: 'default', key: 'counter' }
const increment = { id: 'count', function: 'kv-key-increment', parameters: counter }
const missing = { id: 'get', function: 'kv-key-get', parameters: { bucket: 'default', key: 'x' } }

/** Runs a flow against a server; answers its output and the ids of the steps that made calls. */
async function run(place: ServedStore, flow: object, input: Json = {}) {
  const called: string[] = []
  const output = await runFlow(parseFlow({ name: 'flow', ...flow }), {
    call: createCall(place),
    input,
    onAnswer: ({ id }) => called.push(id),
  })
  return { output, called }
}

describe('a step with a condition', () => {
  it.each([
    [{ equals: ['${input.kind}', 'a'] }, ['count']],
    [{ equals: ['${input.kind}', 'b'] }, []],
    [{ differs: ['${input.kind}', 'b'] }, ['count']],
    [{ equals: [{ list: ['${input.kind}'] }, { list: ['a'] }] }, ['count']],
  ])('runs when %j holds', async (when, called) => {
    await using place = await serveStore()

    const ran = await run(place, { steps: [{ ...increment, when }] }, { kind: 'a' })

    expect(ran.called).toEqual(called)
  })

  it('has no answer when it is skipped, whatever it answered in an earlier round', async () => {
    await using place = await serveStore()
    const first = { ...increment, id: 'first', when: { equals: ['${item}', 1] } }
    const output = '${steps.first.status_code ?? "skipped"}'

    const ran = await run(place, {
      steps: [{ id: 'all', for_each: [1, 2], steps: [first] }],
      output,
    })

    expect(ran).toEqual({ output: 'skipped', called: ['first'] })
  })
})

describe('for_each', () => {
  it('runs its steps for each element, in order', async () => {
    await using place = await serveStore()
    const step = { ...increment, parameters: { ...counter, by: '${item.by}' } }

    const ran = await run(
      place,
      {
        steps: [{ id: 'all', for_each: '${input}', steps: [step] }],
        output: ['${steps.all.rounds}', '${steps.count.body.value}'],
      },
      [{ by: 1 }, { by: 20 }, { by: 300 }],
    )

    expect(ran.output).toEqual([3, 321])
  })

  it('takes nothing but a list', async () => {
    await using place = await serveStore()
    const steps = [{ id: 'all', for_each: '${input}', steps: [increment] }]

    await expect(run(place, { steps }, { by: 1 })).rejects.toThrow('"for_each" takes a list')
  })
})

describe('until', () => {
  it('repeats its steps until its condition holds after a round', async () => {
    await using place = await serveStore()
    const until = { equals: ['${steps.count.body.value}', 4] }

    const ran = await run(place, {
      steps: [{ id: 'all', until, steps: [increment] }],
      output: '${steps.all.rounds}',
    })

    expect(ran.output).toBe(4)
  })

  it('gives up after 10,000 rounds', async () => {
    const flow = parseFlow({
      name: 'endless',
      steps: [{ id: 'all', until: { equals: [1, 2] }, steps: [increment] }],
    })

    const ran = runFlow(flow, { call: async () => ({ status_code: 200, body: {} }) })

    await expect(ran).rejects.toThrow('step "all": "until" did not come true within 10000 rounds')
  })
})

describe('a call that fails', () => {
  it('ends the flow, with an error that names the step and says what the store said', async () => {
    await using place = await serveStore()

    const ran = run(place, { steps: [missing, increment] })

    await expect(ran).rejects.toThrow(
      /^Flow "flow", step "get": kv-key-get failed with 404: KV_KEY_NOT_FOUND\. /,
    )
  })

  it('is an answer like others when the step allows its status', async () => {
    await using place = await serveStore()

    const ran = await run(place, {
      steps: [{ ...missing, allow: [404] }, increment],
      output: '${steps.get.error.code}',
    })

    expect(ran).toEqual({ output: 'KV_KEY_NOT_FOUND', called: ['get', 'count'] })
  })

  it('says so when the token is not known', async () => {
    await using place = await serveStore()

    const ran = run({ ...place, token: `kv_${'x'.repeat(43)}` }, { steps: [increment] })

    await expect(ran).rejects.toThrow('step "count": kv-key-increment failed with 401')
  })

  it('says so when nobody answers', async () => {
    const place = await serveStore()
    await place[Symbol.asyncDispose]()

    const ran = run(place, { steps: [increment] })

    await expect(ran).rejects.toThrow('step "count": kv-key-increment got no answer')
  })
})

describe('http-fetch', () => {
  it('answers with the status and, of JSON, the value', async () => {
    await using place = await serveStore()
    await using api = await startLocalApi()
    const fetch = { id: 'fetch', function: 'http-fetch', parameters: { url: '${input}/words/a' } }

    const ran = await run(place, { steps: [fetch], output: '${steps.fetch}' }, api.url)

    expect(ran.output).toEqual({ status_code: 200, body: { word: 'a', sounds: ['AH0'] } })
  })

  it('refuses parameters that it does not know', async () => {
    await using place = await serveStore()
    const fetch = { id: 'fetch', function: 'http-fetch', parameters: { uri: 'http://localhost' } }

    const ran = run(place, { steps: [fetch] })

    await expect(ran).rejects.toThrow('http-fetch failed with 400')
  })
})

describe('a reference that leads nowhere', () => {
  it('ends the flow before the call, with an error that names the step', async () => {
    await using place = await serveStore()
    const step = { ...increment, parameters: { ...counter, key: '${input.name}' } }

    const ran = run(place, { steps: [step] }, { key: 'counter' })

    await expect(ran).rejects.toThrow(
      'Flow "flow", step "count": ${input.name} is unknown: input has no "name". It has: key.',
    )
  })
})
