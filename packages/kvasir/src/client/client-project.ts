import type { Kv } from '../dialects/kv/kv-types.ts'
import { defaultBucket } from '../engine/default-bucket.ts'
import type { BucketInfo, CallOptions } from '../engine/engine.ts'
import type { ValueRequests } from '../engines/remote/value-requests.ts'
import { checkBucketName, checkProjectName } from '../front/check-names.ts'
import { emptyPosition } from '../front/empty-position.ts'
import type { Subscription } from '../front/publication.ts'
import type { SubjectMessage } from '../front/subject-message.ts'
import type { SubscribeOptions } from '../front/subscriptions.ts'
import type { KvOptions, Storage, Project as WholeProject } from '../store/project.ts'
import type { Store } from '../store/store.ts'
import { callsOf } from './calls.ts'
import { createClientKv } from './client-kv.ts'
import { createClientStorage } from './client-storage.ts'
import type { Later } from './later.ts'
import { laterWatch } from './later-sequences.ts'

/** A namespace that nothing crosses: its buckets, and the dialects that speak to them. */
export interface Project extends Pick<WholeProject, keyof WholeProject> {}

export interface ClientParts {
  /** For plain values, as long as nothing else is asked for. */
  readonly requests: ValueRequests
  readonly later: Later
}

/** A project of which what goes beyond plain values is loaded at its first use. */
export function createClientProject(name: string, { requests, later }: ClientParts): Project {
  checkProjectName(name)
  const pick = (store: Store): WholeProject => store.project(name)

  return {
    name,
    ...callsOf(['bucket', 'createBucket', 'deleteBucket'], { later, pick }),
    kv({ bucket = defaultBucket, ttlUnit = 'ms' }: KvOptions = {}): Kv {
      checkBucketName(bucket)
      const at = { project: name, bucket }
      return createClientKv({
        at,
        requests,
        ttlUnit,
        later,
        pick: (store) => pick(store).kv({ bucket, ttlUnit }),
      })
    },
    storage: (): Storage => createClientStorage(later, (store) => pick(store).storage()),
    async *buckets(options?: CallOptions): AsyncGenerator<BucketInfo> {
      yield* await later.use((store) => pick(store).buckets(options))
    },
    subscribe(subject: string, options: SubscribeOptions = {}): Subscription<SubjectMessage> {
      const kept = { ...options }
      let begun: Subscription<SubjectMessage> | undefined
      const begin = (store: Store): Subscription<SubjectMessage> => {
        begun = pick(store).subscribe(subject, kept)
        return begun
      }
      const store = later.atOnce
      if (store) return begin(store)
      return {
        ...laterWatch(later.use(begin)),
        get position() {
          return begun?.position ?? kept.since ?? emptyPosition
        },
      }
    },
  }
}
