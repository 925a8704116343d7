/** Follows changes live and prints each as a line of JSON, until it is stopped with Ctrl-C. */
import { prefixOf } from './cities.ts'
import { connect, print, readArguments } from './connect.ts'

const { country } = readArguments()
const stopping = new AbortController()
process.once('SIGINT', () => stopping.abort())
process.once('SIGTERM', () => stopping.abort())

await using store = await connect()
const kv = store.project().kv()
// Should the server go away, the client reconnects and resumes after the last change it has seen.
await using changes = kv.watch({ prefix: prefixOf(country) })
stopping.signal.addEventListener('abort', () => void changes.close())
await changes.ready
console.error(`Watching ${prefixOf(country)}`)
for await (const change of changes) print(change)
