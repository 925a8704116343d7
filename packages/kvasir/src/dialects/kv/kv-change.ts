import type { BucketEvent } from '../../front/bucket-watch.ts'
import type { KvChange } from './kv-types.ts'

/** A bucket's event in the words of the dialect; `undefined` for what it has no word for. */
export function changeOf(event: BucketEvent): KvChange | undefined {
  switch (event.kind) {
    case 'put': {
      const { key, value, revision } = event.entry
      return { type: 'put', key, value, revision }
    }
    case 'delete':
    case 'purge':
      return { type: 'delete', key: event.key, revision: event.revision }
    case 'expire':
      return { type: 'expire', key: event.key, revision: event.revision }
    case 'clear':
      return { type: 'clear', revision: event.revision }
    case 'gap':
      return { type: 'gap', revision: event.revision, to: event.to }
    case 'synced':
      return undefined
  }
}
