/** The functions that the guide prints under "What goes wrong in the naive versions". */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

const guide = join(import.meta.dirname, '../../../docs/guide/functions.md')

/** Their code by file: `naive-counter.js`, `right-counter.js` … */
export async function readGuideFunctions(): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(guide, 'utf8')
  const blocks = text.matchAll(/^```js\n\/\/ ((?:naive|right)-\w+\.js)\n(.*?)^```$/gms)
  return new Map([...blocks].map(([, file = '', code = '']) => [file, code]))
}
