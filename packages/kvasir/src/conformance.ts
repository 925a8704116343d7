/** `kvasir/conformance`: the tests that every engine passes, for those who write one. */
export type {
  Exemption,
  Expect,
  Harness,
  Matchers,
  OpenedEngine,
  Runner,
} from './conformance/harness.ts'
export { ManualClock } from './conformance/manual-clock.ts'
export { testEngine } from './conformance/test-engine.ts'
