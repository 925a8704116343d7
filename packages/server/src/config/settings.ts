/** Every setting of the command line. Commands pick those that they take. */
import { connectionLimits, serverTimeouts, streamLimits } from '../limits/server-limits.ts'
import {
  oneOf,
  parseAddress,
  parseAnswerBytes,
  parseCacheBytes,
  parseDirectory,
  parseDurationMs,
  parseFileMode,
  parsePort,
  parsePositive,
  parseText,
  parseToken,
  parseWhole,
  parseWorkers,
} from './parse.ts'
import type { Setting } from './setting.ts'

export const dataSetting = {
  flag: '--data <directory>',
  env: 'KVASIR_DATA',
  help: 'the directory that holds the store, or "memory:"',
  parse: parseDirectory,
} as const satisfies Setting<string>

const durabilitySetting = {
  flag: '--durability <word>',
  env: 'KVASIR_DURABILITY',
  default: 'durable',
  help: 'confirm writes once they outlive a power cut (durable) or the process (relaxed)',
  parse: oneOf(['durable', 'relaxed']),
} as const satisfies Setting<'durable' | 'relaxed'>

export const logLevels = ['silent', 'error', 'info'] as const

export type LogLevel = (typeof logLevels)[number]

/** Where a store is, and of which project to speak. */
export const projectSettings = {
  data: dataSetting,
  url: {
    flag: '--url <address>',
    env: 'KVASIR_URL',
    help: 'the address of a Kvasir server: http(s)://…, or unix: and the path of its socket',
    parse: parseAddress,
  },
  token: {
    flag: '--token <token>',
    env: 'KVASIR_TOKEN',
    help: 'the token for the server; better in the variable or a file than in the shell history',
    parse: parseToken,
  },
  tokenFile: {
    flag: '--token-file <file>',
    env: 'KVASIR_TOKEN_FILE',
    help: 'a file that holds the token',
    parse: parseText,
  },
  project: {
    flag: '--project <name>',
    env: 'KVASIR_PROJECT',
    help: 'the project to speak of',
    default: 'default',
    parse: parseText,
  },
  durability: durabilitySetting,
} as const satisfies Readonly<Record<string, Setting<string>>>

/** As `projectSettings`, for what is done to the keys of one bucket. */
export const storeSettings = {
  ...projectSettings,
  bucket: {
    flag: '--bucket <name>',
    env: 'KVASIR_BUCKET',
    help: 'the bucket to speak of',
    default: 'default',
    parse: parseText,
  },
} as const satisfies Readonly<Record<string, Setting<string>>>

/** As `projectSettings`, for what is done to secrets. The key itself is never an argument. */
export const secretsSettings = {
  ...projectSettings,
  secretsKeyFile: {
    flag: '--secrets-key-file <file>',
    env: 'KVASIR_SECRETS_KEY_FILE',
    help: 'a file with the key for secrets; or give the key in the variable KVASIR_SECRETS_KEY',
    parse: parseText,
  },
} as const satisfies Readonly<Record<string, Setting<string>>>

const listenSettings = {
  host: {
    flag: '--host <address>',
    env: 'KVASIR_HOST',
    default: '127.0.0.1',
    help: 'the address to listen on',
    parse: parseText,
  },
  port: {
    flag: '--port <number>',
    env: 'KVASIR_PORT',
    default: 7450,
    help: 'the port to listen on; 0 picks a free one',
    parse: parsePort,
  },
  graceMs: {
    flag: '--grace <duration>',
    env: 'KVASIR_GRACE',
    default: 8000,
    help: 'how long requests may take to finish once told to stop (default: 8s)',
    parse: parseDurationMs,
  },
} as const satisfies Readonly<Record<string, Setting<string | number>>>

const limitSettings = {
  connectionsMax: {
    flag: '--max-connections <number>',
    env: 'KVASIR_MAX_CONNECTIONS',
    default: connectionLimits.connectionsMax,
    help: 'the most connections at a time',
    parse: parsePositive,
  },
  connectionsPerAddressMax: {
    flag: '--max-connections-per-address <number>',
    env: 'KVASIR_MAX_CONNECTIONS_PER_ADDRESS',
    default: connectionLimits.connectionsPerAddressMax,
    help: 'the most connections at a time from one address; a proxy is one',
    parse: parsePositive,
  },
  streamsMax: {
    flag: '--max-streams <number>',
    env: 'KVASIR_MAX_STREAMS',
    default: streamLimits.streamsMax,
    help: 'the most watches, subscriptions and sockets at a time',
    parse: parsePositive,
  },
  streamsPerProjectMax: {
    flag: '--max-streams-per-project <number>',
    env: 'KVASIR_MAX_STREAMS_PER_PROJECT',
    default: streamLimits.streamsPerProjectMax,
    help: 'the most watches, subscriptions and sockets of one project',
    parse: parsePositive,
  },
  answerBytesMax: {
    flag: '--max-answer-bytes <number>',
    env: 'KVASIR_MAX_ANSWER_BYTES',
    help: 'what the values in all answers under way may take (default: an eighth of the heap)',
    parse: parseAnswerBytes,
  },
  stallMs: {
    flag: '--stall <duration>',
    env: 'KVASIR_STALL',
    default: serverTimeouts.stallMs,
    help: 'how long a client may neither send nor read on before it is cut (default: 6s)',
    parse: parseDurationMs,
  },
} as const satisfies Readonly<Record<string, Setting<string | number>>>

const { host, port, graceMs } = listenSettings

/** Both are there by default only where there is no Unix socket: see `listenPlaces`. */
const serveListenSettings = {
  host: {
    flag: host.flag,
    env: host.env,
    help: `${host.help} (default: 127.0.0.1)`,
    parse: parseText,
  },
  port: { flag: port.flag, env: port.env, help: `${port.help} (default: 7450)`, parse: parsePort },
  unixSocket: {
    flag: '--unix-socket <path>',
    env: 'KVASIR_UNIX_SOCKET',
    help: 'a Unix socket to listen on, in place of a port unless --port or --host is given too',
    parse: parseText,
  },
  unixSocketMode: {
    flag: '--unix-socket-mode <mode>',
    env: 'KVASIR_UNIX_SOCKET_MODE',
    default: 0o600,
    help: 'the permissions of the Unix socket, as for chmod (default: 600, the own user alone)',
    parse: parseFileMode,
  },
  graceMs,
} as const satisfies Readonly<Record<string, Setting<string | number>>>

/** What `kvasir serve` takes. */
export const serveSettings = {
  data: dataSetting,
  ...serveListenSettings,
  ...limitSettings,
  durability: durabilitySetting,
  workers: {
    flag: '--workers <number>',
    env: 'KVASIR_WORKERS',
    default: 1,
    help: 'how many processes serve the store, for more than one core; at most 64',
    parse: parseWorkers,
  },
  diskReserveBytes: {
    flag: '--disk-reserve-bytes <number>',
    env: 'KVASIR_DISK_RESERVE_BYTES',
    help: 'free space of the disk below which the store does not grow (default: 5 % of the disk, at most 64 MiB)',
    parse: parseWhole,
  },
  cacheBytes: {
    flag: '--cache-bytes <number>',
    env: 'KVASIR_CACHE_BYTES',
    help: 'memory for values that are read again and again; 0: none (default: a quarter of the heap, at most 256 MiB)',
    parse: parseCacheBytes,
  },
  logLevel: {
    flag: '--log-level <level>',
    env: 'KVASIR_LOG_LEVEL',
    default: 'error',
    help: `what to log on stderr: ${logLevels.join(', ')} (one line per request)`,
    parse: oneOf(logLevels),
  },
} as const satisfies Readonly<Record<string, Setting<string | number>>>

const { data, url, token, tokenFile, project } = projectSettings

/** What `kvasir functions` takes. */
export const functionsSettings = {
  data: {
    ...data,
    help: 'the directory of the store, or "memory:" (default: .kvasir beside them)',
  },
  url,
  token,
  tokenFile,
  project: {
    flag: project.flag,
    env: project.env,
    help: 'the project whose data they see (default: that of kvasir.json, else default)',
    parse: parseText,
  },
  ...listenSettings,
  port: {
    ...listenSettings.port,
    default: 7460,
    help: 'the port to listen on; 0 picks a free one',
  },
  durability: durabilitySetting,
  logLevel: {
    flag: '--log-level <level>',
    env: 'KVASIR_LOG_LEVEL',
    help: `what to log on stderr: ${logLevels.join(', ')} (default: error; with --watch: info)`,
    parse: oneOf(logLevels),
  },
} as const satisfies Readonly<Record<string, Setting<string | number>>>
