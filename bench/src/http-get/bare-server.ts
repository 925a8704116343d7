/** The least that answers the same bytes from a `Map`: a bare `node:http`. */
import { createServer } from 'node:http'
import { createDataSet } from '../data-set.ts'

const [valueBytes = 100, keyCount = 1000] = process.argv.slice(2).map(Number)
const { values } = createDataSet(keyCount, valueBytes)
const texts = new Map<string, string>()
for (let index = 0; index < keyCount; index++) {
  const key = `user-${String(index).padStart(6, '0')}`
  texts.set(`/${key}`, JSON.stringify(values[index % values.length]))
}

const server = createServer((request, response) => {
  const text = texts.get(request.url ?? '')
  response.writeHead(text === undefined ? 404 : 200, { 'content-type': 'application/json' })
  response.end(text)
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  process.stdout.write(`listening on http://127.0.0.1:${port}\n`)
})
