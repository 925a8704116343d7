/**
 * Puts texts between pairs of comments, `<!-- bench:name -->` and `<!-- /bench:name -->`. What has
 * no text stays as it is.
 *
 * @throws {Error} when a marker is not closed.
 */
export function fillMarkers(page: string, texts: ReadonlyMap<string, string>): string {
  const filled = page.replaceAll(pair, (whole, name: string) => {
    const text = texts.get(name)
    return text === undefined ? whole : `${begin(name)}\n\n${text}\n\n${end(name)}`
  })
  const left = filled.replaceAll(pair, '')
  const lonely = /<!-- \/?bench:([\w-]+) -->/.exec(left)
  if (lonely) throw new Error(`The marker "bench:${lonely[1]}" has no other half.`)
  return filled
}

const pair = /<!-- bench:([\w-]+) -->[\s\S]*?<!-- \/bench:\1 -->/g

function begin(name: string): string {
  return `<!-- bench:${name} -->`
}

function end(name: string): string {
  return `<!-- /bench:${name} -->`
}
