import type { EpochMs, Revision } from './entry.ts'
import type { SubjectTransform } from './subjects.ts'

/** A bucket that another one copies, and which of its changes. */
export interface Origin {
  /** Its name; it is in the same project. */
  readonly bucket: string
  /** Copies only keys that match this pattern, in which `*` and `>` are wildcards. */
  readonly filterSubject?: string
  /** Copies only changes from this revision of the origin on. */
  readonly startRevision?: Revision
  /** Copies only what was written at this time or later. */
  readonly startTime?: EpochMs
  /**
   * What keys become in the copy: the first transform whose `source` matches decides, and keys that
   * none is for are not copied. Absent: keys stay as they are.
   */
  readonly transforms?: readonly SubjectTransform[]
}
