import type { CallSteps } from '../../time-calls.ts'
import type { BucketSetting, SceneName } from '../scenes.ts'

/** One operation as it is measured: the same code for every store and every size. */
export interface BucketWorkload {
  /** For `--only`. */
  readonly name: string
  readonly title: string
  readonly kind: 'read' | 'write'
  /** What it is measured in, and what its sizes count. */
  readonly scene: SceneName
  /** Whether Kvasir promises that its cost does not depend on the size. */
  readonly isFlat?: boolean
  /** Makes what is called again and again. */
  createSteps(setting: BucketSetting): CallSteps
}
