/** A program that prints the first change that it sees, and has nothing else to do. */
import { openSqliteEngine } from '../../src/engines/sqlite/sqlite-engine.ts'

const engine = await openSqliteEngine(process.argv[2] ?? '')
const changes = engine.watch({ project: 'shop', bucket: 'default' }, {})
await changes.ready
// Fires only if something else keeps the process alive until then.
setTimeout(() => process.stdout.write('still here\n'), 300).unref()
for await (const { kind } of changes) {
  process.stdout.write(`${kind}\n`)
  break
}
await engine.close()
