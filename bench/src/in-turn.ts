/** Each round begins with another one, so that none always follows the same neighbour. */
export function inTurn<Item>(items: readonly Item[], round: number): Item[] {
  const first = (round * 5) % items.length
  return [...items.slice(first), ...items.slice(0, first)]
}
