/** JSON has a negative zero; `JSON.stringify` does not write it. */
export function writeNumber(number: number): string {
  return Object.is(number, -0) ? '-0' : String(number)
}
