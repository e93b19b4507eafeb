import { defineConfig } from 'vitest/config'

const common = { testTimeout: 60_000, hookTimeout: 60_000 }
/** Rooms whose tests start processes: pipe descriptors of children do not go together with worker threads. */
const processes = [
  ...['agent', 'campaigns', 'checks', 'cli', 'guard', 'sdk', 'server', 'solver', 'terminal'].map(
    (room) => `packages/${room}/src/**/*.test.ts`,
  ),
  'adversary/**/*.test.ts',
]

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...common,
          name: 'threads',
          pool: 'threads',
          isolate: false,
          include: ['packages/*/src/**/*.test.ts', 'scripts/**/*.test.ts', 'benchmarks/**/*.test.ts'],
          exclude: [...processes, '**/node_modules/**'],
        },
      },
      { test: { ...common, name: 'processes', pool: 'forks', isolate: false, include: processes } },
    ],
  },
})
