import { Command, type OutputConfiguration } from 'commander'
import { readVersion } from '../read-version.ts'
import { addBackup } from './commands/backup.ts'
import { addBucketCreate } from './commands/bucket-create.ts'
import { addBucketDelete } from './commands/bucket-delete.ts'
import { addBucketInfo } from './commands/bucket-info.ts'
import { addBucketList } from './commands/bucket-list.ts'
import { addBucketPurge } from './commands/bucket-purge.ts'
import { addCall } from './commands/call.ts'
import { addDel } from './commands/del.ts'
import { addDoctor } from './commands/doctor.ts'
import { addFunctions } from './commands/functions.ts'
import { addGet } from './commands/get.ts'
import { addHas } from './commands/has.ts'
import { addLs } from './commands/ls.ts'
import { addMcp } from './commands/mcp.ts'
import { addRecordAdd } from './commands/record-add.ts'
import { addRecordAppend } from './commands/record-append.ts'
import { addRecordDel } from './commands/record-del.ts'
import { addRecordExists } from './commands/record-exists.ts'
import { addRecordGet } from './commands/record-get.ts'
import { addRecordHas } from './commands/record-has.ts'
import { addRecordIncr } from './commands/record-incr.ts'
import { addRecordPatch } from './commands/record-patch.ts'
import { addRecordPeek } from './commands/record-peek.ts'
import { addRecordPut } from './commands/record-put.ts'
import { addRecordRemove } from './commands/record-remove.ts'
import { addRecordShift } from './commands/record-shift.ts'
import { addRecordUnshift } from './commands/record-unshift.ts'
import { addRestore } from './commands/restore.ts'
import { addSecretsDel } from './commands/secrets-del.ts'
import { addSecretsGet } from './commands/secrets-get.ts'
import { addSecretsLs } from './commands/secrets-ls.ts'
import { addSecretsNewKey } from './commands/secrets-new-key.ts'
import { addSecretsRotate } from './commands/secrets-rotate.ts'
import { addSecretsSet } from './commands/secrets-set.ts'
import { addServe } from './commands/serve.ts'
import { addSet } from './commands/set.ts'
import { addSubscribe } from './commands/subscribe.ts'
import { addTokenCreate } from './commands/token-create.ts'
import { addTokenList } from './commands/token-list.ts'
import { addTokenRevoke } from './commands/token-revoke.ts'
import { addWatch } from './commands/watch.ts'
import type { AddCommand } from './define-command.ts'
import type { Io } from './io.ts'

const commands: readonly AddCommand[] = [
  addServe,
  addGet,
  addSet,
  addDel,
  addHas,
  addLs,
  addWatch,
  addSubscribe,
  addCall,
  addFunctions,
  addMcp,
  addDoctor,
  addBackup,
  addRestore,
]

const groups: readonly { name: string; summary: string; commands: readonly AddCommand[] }[] = [
  {
    name: 'bucket',
    summary: 'create, list, show, delete and purge buckets',
    commands: [addBucketCreate, addBucketList, addBucketInfo, addBucketDelete, addBucketPurge],
  },
  {
    name: 'record',
    summary: 'read and change records, and the numbers, lists and sets in them',
    commands: [
      addRecordGet,
      addRecordPut,
      addRecordPatch,
      addRecordDel,
      addRecordExists,
      addRecordIncr,
      addRecordAppend,
      addRecordUnshift,
      addRecordShift,
      addRecordPeek,
      addRecordAdd,
      addRecordHas,
      addRecordRemove,
    ],
  },
  {
    name: 'secrets',
    summary: 'keep secrets encrypted, and make and change their key',
    commands: [
      addSecretsGet,
      addSecretsSet,
      addSecretsDel,
      addSecretsLs,
      addSecretsNewKey,
      addSecretsRotate,
    ],
  },
  {
    name: 'token',
    summary: 'make, list and revoke the tokens of a server',
    commands: [addTokenCreate, addTokenList, addTokenRevoke],
  },
]

const exitCodes = `
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not found, 4 conflict, 5 not allowed,
            6 unavailable, 7 no space.`

export interface ProgramOptions {
  readonly io: Io
  readonly output: OutputConfiguration
  readonly ended: (exitCode: number) => void
}

/** The whole command line. It throws where commander would end the process. */
export async function createProgram({ io, output, ended }: ProgramOptions): Promise<Command> {
  const program = new Command('kvasir')
    .description('A key-value store: embedded, or over HTTP.')
    .version(await readVersion(), '--version')
    .addHelpText('after', exitCodes)
    // Subcommands take these over, so they stand before the first of them.
    .exitOverride()
    .configureOutput(output)
  for (const add of commands) add(program, io, ended)
  for (const { name, summary, commands: members } of groups) {
    const group = program.command(name).description(summary)
    for (const add of members) add(group, io, ended)
  }
  return program
}
