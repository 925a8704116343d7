/** Whether it is an object as `{}` makes them, with nothing in it that JSON leaves out. */
export function isPlainObject(given: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(given)
  const isOfNoClass = prototype === null || prototype === Object.prototype
  return isOfNoClass && Object.getOwnPropertySymbols(given).length === 0
}
