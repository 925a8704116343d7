import type { DurationUnit } from '../codec/duration.ts'
import { limits } from '../codec/limits.ts'
import { createKv } from '../dialects/kv/kv.ts'
import type { Kv } from '../dialects/kv/kv-types.ts'
import { createRecordStore } from '../dialects/storage/record-store.ts'
import { createSecretStore } from '../dialects/storage/secret-store.ts'
import { createSettingsStore } from '../dialects/storage/settings-store.ts'
import type { BaseKVStore, KVStore, SecretStore } from '../dialects/storage/storage-types.ts'
import { defaultBucketConfig } from '../engine/bucket-config.ts'
import { lockSpaceOf, secretsSpace, settingsSpace, sharedProject } from '../engine/bucket-names.ts'
import { defaultBucket } from '../engine/default-bucket.ts'
import type { BucketConfig, BucketInfo, CallOptions } from '../engine/engine.ts'
import { Bucket } from '../front/bucket.ts'
import { checkBucketName, checkProjectName } from '../front/check-names.ts'
import type { CheckedEngine } from '../front/checked-engine.ts'
import type { KeyQueue } from '../front/key-queue.ts'
import type { Subscription } from '../front/publication.ts'
import type { SingleFlight } from '../front/single-flight.ts'
import { createSubscription, type SubjectMessage } from '../front/subject-message.ts'
import type { SubscribeOptions } from '../front/subscriptions.ts'
import type { KeyRing } from '../secrets/key-ring.ts'
import type { Sealer } from '../secrets/sealer.ts'

export interface KvOptions {
  /** The bucket to speak to; default: `default`, which all dialects share. */
  readonly bucket?: string
  /** The unit of bare numbers where a duration is taken; default `'ms'`. */
  readonly ttlUnit?: DurationUnit
}

/** The stores of the records dialect. */
export interface Storage {
  /** The records of the project, in the bucket `default` with what other dialects store. */
  readonly kvStore: KVStore
  /** The records that all projects of the store share; behind a server, if the token allows it. */
  readonly sharedKvStore: KVStore
  /** What the project is set to: records that never expire, apart from all others. */
  readonly settings: BaseKVStore
  /** As `settings`, but encrypted before anything leaves this process. */
  readonly secrets: SecretStore
}

export interface ProjectParts {
  readonly engine: CheckedEngine
  readonly queue: KeyQueue
  readonly flights: SingleFlight
  readonly openKeyRing: () => Promise<KeyRing>
}

/** A namespace that nothing crosses: its buckets, and the dialects that speak to them. */
export class Project {
  readonly name: string
  readonly #parts: ProjectParts

  constructor(name: string, parts: ProjectParts) {
    checkProjectName(name)
    this.name = name
    this.#parts = parts
  }

  /** The `kv` dialect: get, set, has, delete, clear and what goes beyond. */
  kv({ bucket = defaultBucket, ttlUnit = 'ms' }: KvOptions = {}): Kv {
    checkBucketName(bucket)
    return createKv({
      bucket: this.#bucket(bucket, ttlUnit),
      lockSpace: this.#bucket(lockSpaceOf(bucket), ttlUnit),
      flights: this.#parts.flights,
    })
  }

  /**
   * The records dialect: hashes of fields, with atomic operations on numbers, lists and sets; and
   * its sisters. No key is needed before the first use of `secrets`.
   */
  storage(): Storage {
    const shared = { project: sharedProject, bucket: defaultBucket }
    return {
      kvStore: createRecordStore(this.#bucket(defaultBucket, 's')),
      sharedKvStore: createRecordStore(new Bucket(shared, { ...this.#parts, ttlUnit: 's' })),
      settings: createSettingsStore(this.#bucket(settingsSpace)),
      secrets: createSecretStore({
        bucket: this.#bucket(secretsSpace),
        openSealer: () => this.#openSealer(),
      }),
    }
  }

  /**
   * A bucket that exists.
   *
   * @throws {KvasirError} `KV_BUCKET_NOT_FOUND`
   */
  async bucket(name: string = defaultBucket, options?: CallOptions): Promise<Bucket> {
    checkBucketName(name)
    const bucket = this.#bucket(name)
    await bucket.info(options)
    return bucket
  }

  /**
   * Creates a bucket; one that exists with the same configuration is taken as it is.
   *
   * @throws {KvasirError} `KV_BUCKET_EXISTS` when it exists with another configuration.
   */
  async createBucket(
    name: string,
    settings: Partial<BucketConfig> = {},
    options?: CallOptions,
  ): Promise<Bucket> {
    const config = { ...defaultBucketConfig, ...settings }
    await this.#parts.engine.createBucket({ project: this.name, bucket: name }, config, options)
    return this.#bucket(name)
  }

  /** Removes a bucket and all it holds; answers what it was. */
  deleteBucket(name: string, options?: CallOptions): Promise<BucketInfo> {
    return this.#parts.engine.deleteBucket({ project: this.name, bucket: name }, options)
  }

  /** The project's buckets by name. */
  async *buckets(options?: CallOptions): AsyncGenerator<BucketInfo> {
    let after: string | undefined
    do {
      const query = { limit: limits.pageLengthMax, ...(after !== undefined && { after }) }
      const page = await this.#parts.engine.listBuckets(this.name, query, options)
      yield* page.buckets
      after = page.hasMore ? page.buckets.at(-1)?.name : undefined
    } while (after !== undefined)
  }

  /**
   * Subscribes to the changes that buckets with `republish` publish under a subject, in which `*`
   * stands for one token and `>` at the end for all that follow. Begins at the call; with `since`,
   * a position of a message, it goes on from there, over restarts too.
   *
   * @example
   * for await (const { subject, kind, value } of project.subscribe('orders.>')) {
   *   console.log(subject, kind, value)
   * }
   */
  subscribe(subject: string, options?: SubscribeOptions): Subscription<SubjectMessage> {
    return createSubscription(this.#parts.engine.subscribe(this.name, subject, options))
  }

  async #openSealer(): Promise<Sealer> {
    const { engine, openKeyRing } = this.#parts
    const ring = await openKeyRing()
    // What encrypts is loaded by those who have secrets.
    const { Sealer } = await import('../secrets/sealer.ts')
    return new Sealer(ring, await engine.resolveProject(this.name))
  }

  #bucket(bucket: string, ttlUnit: DurationUnit = 'ms'): Bucket {
    const { engine, queue } = this.#parts
    return new Bucket({ project: this.name, bucket }, { engine, queue, ttlUnit })
  }
}
