import type { Capabilities } from '../../engine/engine.ts'
import { KvasirError } from '../../errors/kvasir-error.ts'
import { invalidArgument } from '../../front/invalid-argument.ts'
import type { BucketOptions } from './bucket-options.ts'
import { refuseLimits } from './copy-options.ts'

/**
 * What engines do not carry out, by option. To leave an option's line out is to let it through to
 * the engine.
 */
const unsupported: readonly {
  readonly option: keyof BucketOptions
  readonly isAsked: (given: BucketOptions, capabilities: Capabilities) => boolean
  readonly takes: string
}[] = [
  {
    option: 'num_replicas',
    isAsked: ({ num_replicas: copies = 1 }, { replicasMax }) => copies > replicasMax,
    takes: '1 on this engine, which is a single node; more copies need a clustered one',
  },
  {
    option: 'placement',
    isAsked: ({ placement }) => placement !== undefined,
    takes: 'nothing on this engine, which is a single node; it needs a clustered one',
  },
  {
    option: 'mirror',
    isAsked: ({ mirror }) => mirror?.domain !== undefined,
    takes: 'no domain on this engine, which is a single node; domains need a clustered one',
  },
  {
    option: 'sources',
    isAsked: ({ sources = [] }) => sources.some(({ domain }) => domain !== undefined),
    takes: 'no domain on this engine, which is a single node; domains need a clustered one',
  },
]

/**
 * Refuses options that exclude each other, and those that the engine cannot carry out.
 *
 * @throws {KvasirError} `KV_INVALID_ARGUMENT`, `KV_UNSUPPORTED`
 */
export function refuseUnsupported(given: BucketOptions, capabilities: Capabilities): void {
  if (given.mirror && given.sources && given.sources.length > 0) {
    throw invalidArgument('mirror and sources exclude each other: a mirror takes from one bucket.')
  }
  refuseLimits(given, given)
  if (given.republish?.source !== undefined && given.republish.src !== undefined) {
    throw invalidArgument('republish.source and republish.src are the same. Give one of them.')
  }
  const asked = unsupported.find(({ isAsked }) => isAsked(given, capabilities))
  if (!asked) return
  const message = `${asked.option} takes ${asked.takes}. Leave it out.`
  throw new KvasirError('KV_UNSUPPORTED', message, {
    outcome: 'not-applied',
    details: { option: asked.option },
  })
}
