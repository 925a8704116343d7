import { type FlowAnswer, KvasirError } from 'kvasir'
import { parseText } from '../../config/parse.ts'
import { projectSettings } from '../../config/settings.ts'
import { defineCommand } from '../define-command.ts'
import { printFunction, printFunctions } from '../describe-functions.ts'
import { withoutControls } from '../format.ts'
import { withProject } from '../open-store.ts'
import { readParameters } from '../read-parameters.ts'
import { reportError } from '../report-error.ts'

export const addCall = defineCommand({
  name: 'call',
  args: ['[function]', '[parameters...]'],
  summary: 'call a function by its name, and print its answer as JSON; without one, list them',
  settings: {
    file: {
      flag: '--file <path>',
      help: 'read the parameters, as JSON, from a file',
      parse: parseText,
    },
    ...projectSettings,
  },
  switches: { describe: { flag: '--describe', help: 'show what the function takes instead' } },
  examples: [
    'call',
    'call kv-key-put --describe',
    `call kv-key-put '{"bucket":"default","key":"ada","value":{"age":36}}' --data ./data`,
    'call kv-key-list bucket=default limit=10 --data ./data',
    'call kv-keys-put - --url http://127.0.0.1:7450 < entries.json',
  ],
  run: async ({ args: [name, parameters], settings, switches, given, io, out }) => {
    // Loaded here, because the other commands need not wait for what it brings along.
    const { describeFunctions, findFunction } = await import('kvasir/flows')
    const all = describeFunctions()
    if (name === undefined) {
      await printFunctions(out, all)
      return 0
    }
    const { scope, name: known } = findFunction(name)
    const described = all.find((each) => each.name === known)
    if (switches.describe && described) {
      await printFunction(out, described)
      return 0
    }
    const schema = described?.parameters
    const request = await readParameters({ parameters, file: settings.file, schema }, io, out)
    const absence = scope === 'read' ? 'refuse' : 'create'
    const answer = await withProject({ settings, given }, absence, (project) =>
      project.flows().call<string>(name, request),
    )
    // The answer is the result, whether the call failed or not; words go with a failure.
    await out.line(toText(answer, out.isTerminal && !out.isJson))
    if (!answer.error) return 0
    const failure = new KvasirError(answer.error.code, answer.error.message)
    return reportError(failure, io, out.isJson)
  },
})

function toText(answer: FlowAnswer, isSpread: boolean): string {
  return withoutControls(JSON.stringify(answer, null, isSpread ? 2 : undefined))
}
