import { KvasirError } from 'kvasir'
import type { Given, SettingValues } from './setting.ts'
import type { projectSettings } from './settings.ts'

/** Where the store of a command is. */
export type Location =
  | { readonly kind: 'data'; readonly directory: string }
  | { readonly kind: 'url'; readonly url: string }

/**
 * Which store is meant. A flag beats both variables, so that `KVASIR_URL` in a profile does not get
 * in the way of `--data` on the command line.
 *
 * @throws {KvasirError} `KV_INVALID_ARGUMENT` when nothing says it, or two things do.
 */
export function chooseLocation(
  values: Pick<SettingValues<typeof projectSettings>, 'data' | 'url'>,
  { options }: Given,
): Location {
  const isFlagged = options.data !== undefined || options.url !== undefined
  const data = isFlagged && options.data === undefined ? undefined : values.data
  const url = isFlagged && options.url === undefined ? undefined : values.url
  if (data !== undefined && url !== undefined) {
    throw usage(
      isFlagged
        ? 'Give --data or --url, not both.'
        : 'KVASIR_DATA and KVASIR_URL are both set. Unset one of them, or give --data or --url.',
    )
  }
  if (data !== undefined) return { kind: 'data', directory: data }
  if (url !== undefined) return { kind: 'url', url }
  throw usage(
    'Say where the store is: --data <directory> or --url <address>, or set KVASIR_DATA or KVASIR_URL.',
  )
}

function usage(message: string): KvasirError {
  return new KvasirError('KV_INVALID_ARGUMENT', message, { outcome: 'not-applied' })
}
