import type { SettingValues } from './setting.ts'
import type { serveSettings } from './settings.ts'

type Given = Pick<
  SettingValues<typeof serveSettings>,
  'host' | 'port' | 'unixSocket' | 'unixSocketMode'
>

export interface ListenPlaces {
  readonly host?: string
  readonly port?: number
  readonly unixSocket?: { readonly path: string; readonly mode: number }
}

const portDefault = 7450
const hostDefault = '127.0.0.1'

/** Where to listen: on a port, unless a Unix socket is all that was named. */
export function listenPlaces({
  host,
  port,
  unixSocket: path,
  unixSocketMode,
}: Given): ListenPlaces {
  const isOnPort = path === undefined || host !== undefined || port !== undefined
  return {
    ...(isOnPort && { host: host ?? hostDefault, port: port ?? portDefault }),
    ...(path !== undefined && { unixSocket: { path, mode: unixSocketMode } }),
  }
}
