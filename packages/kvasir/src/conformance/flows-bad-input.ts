import { describeFunctions } from '../dialects/flows/describe-functions.ts'
import type { FlowAnswer } from '../dialects/flows/flow-types.ts'
import { type BadCall, badCalls, unknownParameters } from './flows-bad-values.ts'
import { bodyOf, type FlowsScene, withFlows } from './flows-scene.ts'
import type { Suite } from './suite.ts'

export function flowBadInputTests(suite: Suite): void {
  const { describe, it, expect } = withFlows(suite)

  describe('bad input to functions', () => {
    it('is made for every one of them', async () => {
      const functions = describeFunctions().filter(({ name }) => name !== 'kv-bucket-list')

      const calls = functions.flatMap(badCalls)

      expect(functions).toHaveLength(13)
      expect(functions.filter((each) => badCalls(each).length < 15)).toEqual([])
      expect(calls.length).toBeGreaterThan(800)
    })

    for (const described of describeFunctions()) {
      it(`is refused, naming the parameter, with nothing written: ${described.name}`, async (scene) => {
        const before = await contentsOf(scene)
        const calls = [...badCalls(described), ...unknownParameters(described)]

        const wrong: unknown[] = []
        for (const call of calls) {
          const answer = await scene.flows.call<string>(described.name, call.parameters)
          wrong.push(...complaints(answer, call))
        }

        expect(wrong).toEqual([])
        expect(await contentsOf(scene)).toEqual(before)
      })
    }
  })
}

/** What is not as it should be with the answer to a bad call. */
function complaints({ status_code: status, error }: FlowAnswer, { place }: BadCall): unknown[] {
  const isRefused = status === 400 || status === 413
  const isNamed = error?.message.includes(place) ?? false
  const isShort = (error?.message.length ?? 0) < 600
  return isRefused && isNamed && isShort ? [] : [{ place, status, message: error?.message }]
}

async function contentsOf({ flows }: FlowsScene): Promise<unknown> {
  const buckets = await bodyOf(flows.kvBucketList())
  const users = await bodyOf(flows.kvKeyList({ bucket: 'users' }))
  return { buckets, users }
}
