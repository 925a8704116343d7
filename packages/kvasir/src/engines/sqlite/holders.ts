import { readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { basename, join } from 'node:path'
import { threadId } from 'node:worker_threads'
import { KvasirError } from '../../errors/kvasir-error.ts'

// Who has a data directory open, for people: a file for each. What keeps processes apart are
// SQLite's locks and `presence.ts`; nothing depends on these files but messages, and the refusal of
// a directory that another machine seems to use.

/** A process, or a thread of one, that has a data directory open. */
export interface Holder {
  readonly pid: number
  readonly thread: number
  readonly host: string
  /** The name of the program, without its path and arguments. */
  readonly program: string
  /** When it opened the directory. */
  readonly since: string
  /** Which run of which machine it is, where the system says. */
  readonly boot: string | null
  /** When the process began, in ticks of the system, where it says. */
  readonly began: string | null
}

const fileName = /^holder-\d+-\d+\.json$/

/** Has itself listed; answers how to be taken off the list. */
export function announceHolder(directory: string, since: string): () => void {
  const { pid, argv, execPath } = process
  const holder: Holder = {
    pid,
    thread: threadId,
    host: hostname(),
    program: basename(argv[1] ?? execPath),
    since,
    boot: bootId(),
    began: beginningOf(pid),
  }
  const path = join(directory, `holder-${pid}-${threadId}.json`)
  try {
    writeFileSync(path, `${JSON.stringify(holder)}\n`)
  } catch {
    // A full disk, say: the list is for people, and the store works without it.
  }
  return () => remove(path)
}

/** Who has the directory open, as far as can be told: those known to be gone are left out. */
export function readHolders(directory: string): Holder[] {
  return listed(directory)
    .map(({ holder }) => holder)
    .filter((holder): holder is Holder => holder !== undefined && !isGone(holder))
}

/** Takes those off the list who are gone: all, if nobody else holds the directory. */
export function forgetHolders(directory: string, { isAlone }: { isAlone: boolean }): void {
  for (const { name, holder } of listed(directory)) {
    if (isAlone || !holder || isGone(holder)) remove(join(directory, name))
  }
}

/**
 * Refuses a directory that another machine may have open at the same time: locks and shared memory
 * do not reach from one to the other.
 *
 * @throws {KvasirError} `KV_BUSY`
 */
export function refuseForeignHolders(directory: string): void {
  const found = listed(directory).find(({ holder }) => holder && isElsewhere(holder))
  if (!found?.holder) return
  throw new KvasirError(
    'KV_BUSY',
    `The data directory is open on another machine: ${describeHolder(found.holder)}. Stop that process first. If it is gone, delete ${found.name} in the directory.`,
    { outcome: 'not-applied', retryable: false, details: { holders: [found.holder] } },
  )
}

/** `KV_BUSY` with who may be the reason; any other error as it is. */
export function withHolders(directory: string, error: KvasirError): KvasirError {
  if (error.code !== 'KV_BUSY' || error.details.holders) return error
  const holders = readHolders(directory)
  const others = holders.filter(({ pid }) => pid !== process.pid)
  if (others.length === 0) return error
  const { message, outcome, details, cause } = error
  return new KvasirError(
    'KV_BUSY',
    `${message} The directory is open in ${others.map(describeHolder).join(', ')}.`,
    { ...(outcome && { outcome }), cause, details: { ...details, holders: others } },
  )
}

function describeHolder({ pid, program, host, since }: Holder): string {
  return `process ${pid} (${program}) on ${host} since ${since}`
}

function remove(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // Gone already, or not ours to remove: the next one to open the directory tries again.
  }
}

function listed(directory: string): { name: string; holder: Holder | undefined }[] {
  try {
    const names = readdirSync(directory).filter((name) => fileName.test(name))
    return names.map((name) => ({ name, holder: readHolder(join(directory, name)) }))
  } catch {
    return [] // Opening the directory says what is wrong with it.
  }
}

function readHolder(path: string): Holder | undefined {
  try {
    const holder = JSON.parse(readFileSync(path, 'utf8')) as Partial<Holder>
    const isHolder = Number.isInteger(holder.pid) && typeof holder.host === 'string'
    return isHolder ? (holder as Holder) : undefined
  } catch {
    return undefined // Cut off by a crash, or removed since.
  }
}

/** Whether it is certain that the process has ended. */
function isGone(holder: Holder): boolean {
  // Another host on the same boot is a container: its process ids are not ours.
  if (holder.host !== hostname()) return false
  const boot = bootId()
  if (holder.boot !== null && boot !== null && holder.boot !== boot) return true
  if (!isRunning(holder.pid)) return true
  const began = beginningOf(holder.pid)
  return holder.began !== null && began !== null && holder.began !== began
}

/** Neither this machine, nor a container on it, nor this machine before it was restarted. */
function isElsewhere({ host, boot }: Holder): boolean {
  return host !== hostname() && (boot === null || boot !== bootId())
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function bootId(): string | null {
  return readSystem('/proc/sys/kernel/random/boot_id')
}

/** A process id is given again some time; together with this it is not. */
function beginningOf(pid: number): string | null {
  const stat = readSystem(`/proc/${pid}/stat`)
  // The name of the program, in parentheses, may hold anything; the 22nd field follows it.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
}

function readSystem(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return null // Not Linux.
  }
}
