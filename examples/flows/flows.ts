/** `npm run flows`: all three chapters, each with a server of its own, and what they found. */
import { cacheAside, featureFlags, importAndRead } from './chapters.ts'
import { tellOfCache, tellOfFlags, tellOfImport } from './sentences.ts'

console.log(tellOfCache(await cacheAside()))
console.log(tellOfFlags(await featureFlags()))
console.log(tellOfImport(await importAndRead()))
