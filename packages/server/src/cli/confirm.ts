import { KvasirError } from 'kvasir'

export const yesSwitch = { flag: '--yes', help: 'confirm that what is removed may go' } as const

/** @throws {KvasirError} `KV_INVALID_ARGUMENT` unless `--yes` was given. */
export function confirmed(isConfirmed: boolean, whatItDoes: string): void {
  if (isConfirmed) return
  throw new KvasirError(
    'KV_INVALID_ARGUMENT',
    `This ${whatItDoes}, which cannot be undone. Add --yes if that is what you want.`,
    { outcome: 'not-applied' },
  )
}
