import { z } from 'zod'
import { KvasirError } from '../../../errors/kvasir-error.ts'
import { configBody, toConfigBody } from '../bucket-body.ts'
import { changeableOptions, permanentOptions, toBucketConfig } from '../bucket-options.ts'
import { defineFunction } from '../define-function.ts'
import { bucketName, members } from '../parameter-types.ts'
import { refuseUnsupported } from '../refuse-unsupported.ts'

/** The engine's names of settings, and the names of the parameters. */
const parameterNames: Readonly<Record<string, string>> = {
  ttlMs: 'ttl',
  bytesMax: 'max_bytes',
  valueBytesMax: 'max_value_size',
}

export const bucketCreate = defineFunction({
  name: 'kv-bucket-create',
  title: 'Create a bucket',
  description:
    'Creates a bucket: a space of keys with a configuration of its own. One that exists with the ' +
    'same configuration is left as it is. The name cannot be changed later.',
  scope: 'admin',
  isDestructive: false,
  isIdempotent: true,
  isCommit: false,
  parameters: members({
    bucket: bucketName.describe('The name of the new bucket.'),
    ...changeableOptions,
    ...permanentOptions,
  }),
  result: configBody.extend({
    bucket: z.string(),
    created: z.boolean().describe('false: it was there already, with the same configuration.'),
  }),
  examples: [
    { bucket: 'product-config', description: 'What products are set to', history: 5 },
    { bucket: 'api-cache', ttl: 3_600_000_000_000, max_bytes: 104_857_600 },
    { bucket: 'european-orders', mirror: { name: 'orders', filter_subject: 'eu.>' } },
  ],
  async run({ engine, project, options }, { bucket, ...given }) {
    refuseUnsupported(given, engine.capabilities)
    try {
      const at = { project, bucket }
      const { created, info } = await engine.createBucket(at, toBucketConfig(given), options)
      return { bucket, created, ...toConfigBody(info.config) }
    } catch (error) {
      throw inParameterNames(error, bucket)
    }
  },
})

function inParameterNames(error: unknown, bucket: string): unknown {
  if (!KvasirError.is(error, 'KV_BUCKET_EXISTS')) return error
  const differing = Array.isArray(error.details.differing) ? error.details.differing : []
  const names = differing.map((name: unknown) => parameterNames[String(name)] ?? String(name))
  return new KvasirError(
    'KV_BUCKET_EXISTS',
    `Bucket "${bucket}" exists with another ${names.join(', ')}. Change it with kv-bucket-update, or choose another name.`,
    { outcome: 'not-applied', details: { bucket, differing: names }, cause: error },
  )
}
