/** `npm run quickstart`: the walk of the README by itself, in a store of its own. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createToken,
  endAll,
  findFreePort,
  type Place,
  type Program,
  startProgram,
  startServer,
} from './processes.ts'

const data = await mkdtemp(join(tmpdir(), 'kvasir-quickstart-'))
process.once('SIGINT', () => process.exit(130))
try {
  await walk({ data, port: await findFreePort(), token: await createToken(data) })
} finally {
  await endAll()
  await rm(data, { recursive: true, force: true })
}

async function walk(place: Place): Promise<void> {
  say(`kvasir serve --data ${data} --port ${place.port}`)
  let server = await startServer(place)

  say('import-cities.ts')
  const importer = startProgram('import-cities.ts', [], place)
  await showEveryTenth(importer, { from: 10, to: 50 })
  await server.end('SIGKILL')
  say(`kill -9 of the server, after ${importer.stdout.length} batches; and once more: kvasir serve`)
  server = await startServer(place)
  await showEveryTenth(importer, { from: 60, to: 130 })
  await importer.finish()
  show(importer, 1)

  say('read-cities.ts')
  const reader = startProgram('read-cities.ts', [], place)
  await reader.finish()
  show(reader, 2)

  say('watch-cities.ts --country IS, while change-cities.ts --country IS runs')
  const watcher = startProgram('watch-cities.ts', ['--country', 'IS'], place)
  await watcher.waitFor('stderr', (line) => line.startsWith('Watching'))
  const changer = startProgram('change-cities.ts', ['--country', 'IS'], place)
  await changer.finish()
  // A third of the changes were TTLs, each of which has one more to come: the expiry.
  const expected = changer.stdout.length + changer.stdout.length / 3
  await watcher.waitFor('stdout', (_, index) => index + 1 === expected)
  show(watcher, 3)
  await Promise.all([watcher.end('SIGTERM'), server.end('SIGTERM')])
}

function say(command: string): void {
  console.log(`\n$ ${command}`)
}

async function showEveryTenth(
  program: Program,
  { from, to }: { from: number; to: number },
): Promise<void> {
  for (let lines = from; lines <= to; lines += 10) {
    console.log(await program.waitFor('stdout', (_, index) => index + 1 === lines))
  }
}

/** Shows the last lines that a program has printed. */
function show({ stdout }: Program, lines: number): void {
  if (stdout.length > lines) console.log(`… ${stdout.length - lines} lines`)
  for (const line of stdout.slice(-lines)) console.log(line)
}
