import type { FlowAnswer, Flows } from '../dialects/flows/flow-types.ts'
import type { Scene } from './scene.ts'
import type { Suite } from './suite.ts'

/** A scene with the functions of the project `shop` in it, and a bucket to call them on. */
export interface FlowsScene extends Scene {
  readonly flows: Flows
}

/** The tools of the suite for tests of the flows dialect. */
interface FlowsSuite extends Pick<Suite, 'describe' | 'expect'> {
  it(title: string, body: (scene: FlowsScene) => Promise<void>): void
}

/** Each test begins with an empty bucket `users` that keeps three values of each key. */
export function withFlows({ describe, it, expect }: Suite): FlowsSuite {
  return {
    describe,
    expect,
    it(title, body) {
      it(title, async (scene) => {
        const flows = scene.project.flows()
        await bodyOf(flows.kvBucketCreate({ bucket: 'users', history: 3 }))
        await body({ ...scene, flows })
      })
    },
  }
}

/** The body of a call that is expected to succeed. */
export async function bodyOf<Body>(call: Promise<FlowAnswer<Body>>): Promise<Body> {
  const answer = await call
  if (!answer.error) return answer.body
  throw new Error(`The call failed: ${answer.error.code} ${answer.error.message}`)
}

/** What a failed call says, in short: `404 KV_KEY_NOT_FOUND`. */
export async function failureOf(call: Promise<FlowAnswer>): Promise<string> {
  const { status_code: status, error } = await call
  return error ? `${status} ${error.code}` : `${status}`
}

/** The message of a call that is expected to fail. */
export async function messageOf(call: Promise<FlowAnswer>): Promise<string> {
  const { error } = await call
  return error?.message ?? 'The call succeeded.'
}
