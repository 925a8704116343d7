import { defineConfig } from 'vitest/config'

// Apart from the other tests: these need a build, and try what is published instead of the source.
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/install-tarballs.ts'],
    environment: 'node',
    testTimeout: 180_000,
    hookTimeout: 120_000,
  },
})
