import { describe, expect, it } from 'vitest'
import { fill, findPaths, type Json, type Scope } from './references.ts'

const scope: Scope = {
  input: { word: 'raven', count: 3, nothing: null, tags: ['a', 'b', 'c'] },
  steps: { page: { status_code: 200, body: { items: [{ key: 'x', value: { deep: true } }] } } },
  item: { name: 'checkout' },
}

describe('a string that is one reference', () => {
  it.each<[string, Json]>([
    ['${steps.page.status_code}', 200],
    ['${steps.page.body.items.0.value}', { deep: true }],
    ['${steps.page.body.items.0.value.deep}', true],
    ['${input.tags}', ['a', 'b', 'c']],
    ['${input.tags.-1}', 'c'],
    ['${input.tags.length}', 3],
    ['${input.nothing}', null],
    ['${item.name}', 'checkout'],
  ])('%s becomes the value, of its own type', (template, value) => {
    expect(fill(template, scope)).toEqual(value)
  })
})

describe('a reference within a longer string', () => {
  it.each([
    ['word.${input.word}', 'word.raven'],
    ['${input.word}:${input.count}', 'raven:3'],
    ['tags=${input.tags}', 'tags=["a","b","c"]'],
    ['costs $${input.count} or $5', 'costs ${input.count} or $5'],
  ])('%s is written out', (template, text) => {
    expect(fill(template, scope)).toBe(text)
  })

  it('is not filled in again, whatever the value looks like', () => {
    const hostile = { input: '${steps.page}', steps: {} }

    expect(fill('is ${input}', hostile)).toBe('is ${steps.page}')
  })
})

describe('references in objects and lists', () => {
  it('are filled in at every depth, and everything else stays as it is', () => {
    const template = { a: [{ b: '${input.count}' }, 'text', 1, null], c: false }

    expect(fill(template, scope)).toEqual({ a: [{ b: 3 }, 'text', 1, null], c: false })
  })
})

describe('a reference with an alternative', () => {
  it.each<[string, Json]>([
    ['${steps.page.body.next ?? 0}', 0],
    ['${steps.page.body.next ?? null}', null],
    ['${input.nothing ?? "none"}', 'none'],
    ['${input.count ?? 7}', 3],
    ['${steps.other.body ?? steps.page.status_code}', 200],
    ['${input.a ?? input.b ?? input.nothing}', null],
  ])('%s takes the first that is there and not null', (template, value) => {
    expect(fill(template, scope)).toEqual(value)
  })
})

describe('a reference to what is unknown', () => {
  it.each([
    ['${steps.pages.body}', 'steps has no "pages". It has: page.'],
    ['${steps.page.body.next}', 'steps.page.body has no "next". It has: items.'],
    ['${steps.page.body.items.1}', 'steps.page.body.items has no "1". It is a list of 1.'],
    ['${input.word.length}', 'input.word has no "length". It is a string.'],
    [
      '${input.constructor.name}',
      'input has no "constructor". It has: word, count, nothing, tags.',
    ],
    ['${input.nothing.at}', 'input.nothing has no "at". It is null.'],
    ['go to ${input.a ?? input.url}', 'input has no "url".'],
  ])('%s is an error that says what there is', (template, message) => {
    expect(() => fill(template, scope)).toThrow(message)
  })

  it('says that nothing has been answered yet', () => {
    const first = { input: {}, steps: {} }

    expect(() => fill('${steps.page}', first)).toThrow('It has nothing so far.')
    expect(() => fill('${item.name}', first)).toThrow('the flow has no "item".')
  })
})

describe('the paths of a template', () => {
  it('are those of all references and their alternatives, but not of escaped ones', () => {
    const template = { a: ['${steps.x.body ?? input.y ?? 0}'], b: 'is $${steps.no}, ${item}' }

    expect(findPaths(template)).toEqual([['steps', 'x', 'body'], ['input', 'y'], ['item']])
  })

  it.each([
    ['${step.x}', 'neither a path that begins with input, steps, item, nor JSON'],
    ['${input.a b}', 'is no reference'],
    ['${input.a ?? }', 'is no reference'],
    ['${}', 'is no reference'],
    ['${input.a', 'lacks its closing brace'],
  ])('%s is refused', (template, message) => {
    expect(() => findPaths(template)).toThrow(message)
  })
})
