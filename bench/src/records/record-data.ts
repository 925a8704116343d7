import type { ListRecord } from './record-store.ts'

/** The record whose elements are a list, and the one whose elements are a set. */
export const listKey = 'queue:outbox'
export const setKey = 'group:members'

/** A record of so many elements: the same for every store, and for every process. */
export function createRecord(elementCount: number): ListRecord {
  const elements = Array.from({ length: elementCount }, (_, place) => elementAt(place))
  return { note: 'as it was filled', count: 0, elements }
}

/** 32 characters that end in the element's place. */
export function elementAt(place: number): string {
  return `message:${scatter(place)}:${String(place).padStart(12, '0')}`
}

/** The place in the list as it was filled, by which the next element is known. */
export function placeOf(element: string): number {
  return Number(element.slice(-12))
}

/** Walks over all places in strides, so that calls do not always meet the same neighbours. */
export function memberAt(number: number, elementCount: number): string {
  return elementAt((number * stride) % elementCount)
}

// A prime, and no factor of the numbers of elements: each place has its turn.
const stride = 7919

/** Leaves no order in the members, as there is none in ids (a multiplicative hash). */
function scatter(place: number): string {
  const bits = Math.imul(place + 1, 0x9e3779b1) >>> 0
  return bits.toString(16).padStart(11, '0')
}
