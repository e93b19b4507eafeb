/**
 * The whole test run: house rules, types, lint, format, then all tests. The last line is `N passed, N failed`; a step
 * besides the tests counts as one. Exit code 1 where anything failed.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  console.error(
    `The tests need Node 24 or newer and run under ${process.version}. Use \`npm test\`, which brings its own.`,
  )
  process.exit(1)
}
const bin = (name: string) => join(root, 'node_modules/.bin', name)
let passed = 0
let failed = 0

function step(name: string, command: string, args: string[]): void {
  console.log(`\n== ${name}`)
  const ok = spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status === 0
  if (ok) passed += 1
  else failed += 1
  if (!ok) console.log(`${name} FAILED`)
}

step('build', process.execPath, ['scripts/build.ts'])
step('house rules', process.execPath, ['scripts/house.ts'])
step('types', bin('tsc'), ['--noEmit'])
step('lint', bin('oxlint'), [])
step('format', bin('oxfmt'), ['--check'])
step('unused code', bin('knip'), [])

const folder = mkdtempSync(join(tmpdir(), 'cairn-test-'))
const report = join(folder, 'report.json')
console.log('\n== tests')
const run = spawnSync(
  bin('vitest'),
  ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: 'inherit',
  },
)
try {
  const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites } = JSON.parse(
    readFileSync(report, 'utf8'),
  ) as Record<string, number>
  passed += numPassedTests ?? 0
  // A file that does not load has no failed test, and a skipped test proves nothing: both count against the run.
  const broken = (numFailedTests ?? 0) + (numPendingTests ?? 0)
  failed += broken === 0 && (numFailedTestSuites ?? 0) > 0 ? (numFailedTestSuites ?? 0) : broken
  if (run.status !== 0 && failed === 0) failed = 1
} catch {
  failed += 1
  console.error('the test runner left no report')
}
rmSync(folder, { recursive: true, force: true })
console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
