import { parseText } from '../config/parse.ts'
import type { Setting } from '../config/setting.ts'

/** For commands that take or give one field of a secret instead of the whole. */
export const fieldSetting = {
  flag: '--field <name>',
  help: 'only this field of the secret',
  parse: parseText,
} as const satisfies Setting<string>
