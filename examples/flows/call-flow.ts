/**
 * `npx tsx call-flow.ts flows/look-up.json '{"word":"raven", …}'`: runs one flow against the server
 * at `KVASIR_URL`, with the token in `KVASIR_TOKEN`. Each call goes to stderr, the output to stdout.
 */
import { readFlow } from './flow-file.ts'
import { createCall } from './functions.ts'
import { runFlow } from './run-flow.ts'

const { KVASIR_URL = 'http://127.0.0.1:7450', KVASIR_TOKEN } = process.env
const [path, input = '{}'] = process.argv.slice(2)

try {
  console.log(JSON.stringify(await main()))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function main() {
  if (path === undefined) throw new Error('Name the file of a flow, and give its input as JSON.')
  if (!KVASIR_TOKEN) throw new Error('Set KVASIR_TOKEN to what `kvasir token create` printed.')
  return runFlow(await readFlow(path), {
    call: createCall({ url: KVASIR_URL, token: KVASIR_TOKEN }),
    input: JSON.parse(input),
    onAnswer: ({ id, function: name }, { status_code }) => {
      console.error(`${id}: ${name} ${status_code}`)
    },
  })
}
