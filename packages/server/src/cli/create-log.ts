import { pino } from 'pino'
import type { LogLevel } from '../config/settings.ts'
import type { Logger } from '../http/request-log.ts'
import { type OutputStream, writeTo } from './io.ts'

/** A log of one JSON line per event. */
export function createLog(stream: OutputStream, level: LogLevel): Logger {
  const write = (line: string): void => {
    // A log that nobody can read is no reason to stop serving.
    writeTo(stream, line).catch(() => undefined)
  }
  return pino({ level }, { write })
}
