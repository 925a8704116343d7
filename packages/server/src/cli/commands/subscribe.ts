import type { Project, SubjectMessage, SubscribeOptions } from 'kvasir'
import { parseText } from '../../config/parse.ts'
import { projectSettings } from '../../config/settings.ts'
import { defineCommand } from '../define-command.ts'
import { onOneLine, toJsonValue, valueOnOneLine } from '../format.ts'
import { withProject } from '../open-store.ts'
import type { Output } from '../output.ts'

export const addSubscribe = defineCommand({
  name: 'subscribe',
  args: ['<subject>'],
  summary: 'print what buckets publish under a subject, one a line, until stopped with Ctrl-C',
  settings: {
    since: {
      flag: '--since <position>',
      help: 'go on from a position that was told before (default: from now on)',
      parse: parseText,
    },
    ...projectSettings,
  },
  switches: {},
  endsOnStop: true,
  examples: [
    "subscribe 'orders.>' --data ./data",
    "subscribe 'orders.*.paid' --json --url http://127.0.0.1:7450",
  ],
  run: async ({ args: [subject], settings, given, io, out }) => {
    const { since } = settings
    const options = { signal: io.signal, ...(since !== undefined && { since }) }
    await withProject({ settings, given }, 'refuse', (project) =>
      printMessages({ project, subject, out }, options),
    )
    return 0
  },
})

async function printMessages(
  { project, subject, out }: { project: Project; subject: string; out: Output },
  options: SubscribeOptions & { readonly signal: AbortSignal },
): Promise<void> {
  let position: string | undefined
  try {
    const messages = project.subscribe(subject, options)
    await messages.ready
    position = messages.position
    await out.say('Subscribed; Ctrl-C ends it.')
    for await (const message of messages) {
      await printMessage(message, out)
      position = message.position
    }
  } catch (error) {
    // Being stopped is how a subscription ends, whatever the engine was doing at that moment.
    if (!options.signal.aborted) throw error
  }
  if (position !== undefined) await out.say(`To go on from here: --since '${position}'`)
}

function printMessage(message: SubjectMessage, out: Output): Promise<void> {
  return out.isJson ? out.json(toDocument(message)) : out.line(toLine(message))
}

function toDocument(message: SubjectMessage) {
  const { subject, bucket, kind, revision, position } = message
  const head = { subject, bucket, change: kind, revision }
  if (message.kind === 'gap') return { ...head, to: message.to, position }
  const { key } = message
  const named = { ...head, ...(key !== undefined && { key }), at: message.at }
  return { ...named, ...('value' in message && toJsonValue(message.value)), position }
}

function toLine(message: SubjectMessage): string {
  const { subject, bucket, kind, revision } = message
  const cells = [subject, bucket, String(revision), kind]
  if (message.kind === 'gap') cells.push(`to ${message.to}`)
  if (message.key !== undefined) cells.push(onOneLine(message.key))
  if ('value' in message) cells.push(valueOnOneLine(message.value))
  return cells.map(onOneLine).join('\t')
}
