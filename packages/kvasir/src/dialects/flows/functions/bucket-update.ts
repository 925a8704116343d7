import { bucketBody, toBucketBody } from '../bucket-body.ts'
import { changeableOptions, permanentOptions, toBucketChanges } from '../bucket-options.ts'
import { refuseLimits } from '../copy-options.ts'
import { defineFunction } from '../define-function.ts'
import { bucketName, members } from '../parameter-types.ts'
import { refuseUnsupported } from '../refuse-unsupported.ts'

/** They are known here to be refused in words that say why. */
const permanent = Object.fromEntries(
  Object.keys(permanentOptions).map((name) => [
    name,
    'It holds for the whole life of a bucket. Create another bucket.',
  ]),
)

export const bucketUpdate = defineFunction({
  name: 'kv-bucket-update',
  title: 'Change a bucket’s configuration',
  description:
    'Changes what a bucket is set to; options that are left out stay. A shorter ttl holds for the ' +
    'values already there, a smaller history drops older ones at once.',
  scope: 'admin',
  isDestructive: true,
  isIdempotent: true,
  isCommit: false,
  parameters: members({ bucket: bucketName, ...changeableOptions }),
  notTaken: permanent,
  result: bucketBody,
  examples: [{ bucket: 'api-cache', ttl: 600_000_000_000, description: 'Answers of the API' }],
  async run({ engine, project, options }, { bucket, ...given }) {
    refuseUnsupported(given, engine.capabilities)
    const at = { project, bucket }
    const { config } = await engine.getBucket(at, options)
    refuseLimits(given, config)
    return toBucketBody(await engine.updateBucket(at, toBucketChanges(given), options))
  },
})
