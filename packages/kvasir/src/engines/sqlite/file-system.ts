import { KvasirError } from '../../errors/kvasir-error.ts'

// What Linux calls file systems: statfs(2). Other systems number them otherwise, and are in doubt.

/** Several machines can have these mounted, and SQLite's log needs memory that all share. */
const networks: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x5346414f, 'AFS'],
  [0x73757245, 'Coda'],
  [0x564c, 'NCP'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd3, 'Lustre'],
  [0x47504653, 'GPFS'],
])

/** Only one machine at a time can have these mounted. */
const locals: ReadonlySet<number> = new Set([
  0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x794c7630, 0x2fc12fc1, 0xf2f52010, 0x858458f6,
  0xca451a4e,
])

/**
 * Refuses network file systems; answers whether it is in doubt that this is a local one.
 *
 * @throws {KvasirError} `KV_INVALID_LOCATION`
 */
export function checkFileSystem(directory: string, type: number | undefined): { isLocal: boolean } {
  const network = process.platform === 'linux' ? networks.get(type ?? 0) : undefined
  if (network !== undefined) {
    throw new KvasirError(
      'KV_INVALID_LOCATION',
      `The data directory ${JSON.stringify(directory)} is on a network file system (${network}), where a store would be damaged. Choose a local disk, and share the store with kvasir serve.`,
      { outcome: 'not-applied', details: { directory, fileSystem: network } },
    )
  }
  return { isLocal: process.platform === 'linux' && locals.has(type ?? 0) }
}
