// A process that has a store open and looks into it as it is told. Its argument is the directory.
import { openSqliteEngine } from '../../../src/engines/sqlite/sqlite-engine.ts'
import { prepare, type Question, reply } from './looker.ts'

const engine = await openSqliteEngine(process.argv[2] ?? '', { durability: 'relaxed' })
await prepare(engine)

process.on('message', ({ id, question }: { id: number; question: Question }) => {
  // A failure ends the process, which whoever has asked notices.
  void reply(engine, question).then((answer) => process.send?.({ id, answer }))
})
process.send?.('ready')
