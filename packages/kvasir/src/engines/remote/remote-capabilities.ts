import type { Capabilities } from '../../engine/engine.ts'

/** What an engine behind a server can do. */
export const remoteCapabilities: Capabilities = {
  persistence: true,
  durability: 'remote',
  readSnapshot: true,
  readLinearizable: true,
  replicasMax: 1,
}
