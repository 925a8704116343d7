import { parseText } from '../../config/parse.ts'
import type { Setting } from '../../config/setting.ts'
import { defineCommand } from '../define-command.ts'

export const addFunctionsNew = defineCommand({
  name: 'new',
  args: ['<name>'],
  summary: 'write a function to start from',
  settings: {
    directory: {
      flag: '--dir <directory>',
      help: 'where to write it',
      default: '.',
      parse: parseText,
    } satisfies Setting<string>,
  },
  switches: { typescript: { flag: '--ts', help: 'in TypeScript' } },
  examples: ['functions new hello', 'functions new api/users --ts --dir ./functions'],
  run: async ({ args: [name], settings, switches, out }) => {
    // Loaded here, because no other command needs to wait for it.
    const { typePackages, writeStarter } = await import('../../functions/write-starter.ts')
    const { directory } = settings
    const written = await writeStarter({ name, directory, isTypeScript: switches.typescript })
    if (out.isJson) await out.json({ files: written.files })
    else for (const file of written.files) await out.line(file)
    await out.say(`Serve it: kvasir functions ${directory} --watch`)
    await out.say(`For your editor to know "kv": npm install --save-dev ${typePackages.join(' ')}`)
    return 0
  },
})
