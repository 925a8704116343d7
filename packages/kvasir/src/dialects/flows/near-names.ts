const namesMax = 3
const lengthMax = 64

/** The names that a mistyped one may have meant, nearest first. */
export function nearTo(given: string, names: readonly string[]): string[] {
  // Nothing that long is near to any name, and comparing costs its length.
  if (given.length > lengthMax) return []
  const lower = given.toLowerCase().replaceAll('_', '-')
  return names
    .map((name) => ({ name, distance: editDistance(lower, name) }))
    .filter(({ name, distance }) => distance <= name.length / 3)
    .sort((left, right) => left.distance - right.distance)
    .slice(0, namesMax)
    .map(({ name }) => name)
}

/** How many letters have to be added, removed or replaced. */
function editDistance(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const replaced = (above[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1)
      const added = (current[column - 1] ?? 0) + 1
      const removed = (above[column] ?? 0) + 1
      current.push(Math.min(replaced, added, removed))
    }
    above = current
  }
  return above[to.length] ?? 0
}
