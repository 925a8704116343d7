import { defineConfig } from 'vitest/config'

// Tests run from source: our own export condition makes `kvasir` resolve to `src/`, so no build
// stands between an edit and its test.
const conditions = ['@kvasir/source']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      'packages/*/test/**/*.test.ts',
      'examples/*/**/*.test.ts',
      'bench/src/**/*.test.ts',
      'scripts/**/*.test.ts',
    ],
    // They try the tarballs, and have a configuration of their own.
    exclude: ['packages/packed-tests/**', '**/node_modules/**'],
    environment: 'node',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
