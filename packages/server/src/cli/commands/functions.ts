import { functionsSettings } from '../../config/settings.ts'
import { defineCommand } from '../define-command.ts'
import { addFunctionsNew } from './functions-new.ts'

export const addFunctions = defineCommand({
  name: 'functions',
  args: ['<directory>'],
  summary: 'serve the HTTP functions of a directory, with the store in them, until told to stop',
  settings: functionsSettings,
  switches: {
    watch: {
      flag: '--watch',
      help: 'for their author: log requests, and tell in answers what failed and where',
    },
  },
  commands: [addFunctionsNew],
  endsOnStop: true,
  examples: [
    'functions new hello',
    'functions . --watch',
    'functions ./functions --data ./data --host 0.0.0.0 --port 8080',
    'functions ./functions --url http://127.0.0.1:7450 --token-file token',
  ],
  run: async ({ args: [directory], settings, switches, given, io, out }) => {
    // Loaded here, because no other command needs to wait for it.
    const { serveFunctions } = await import('../serve-functions.ts')
    await serveFunctions({ directory, settings, watch: switches.watch, given, io, out })
    return 0
  },
})
