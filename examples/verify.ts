// Proves the examples: copies each project to a temporary folder, sees its tests fail, applies the reference fix from
// outside the project, and sees them pass. Usage: node examples/verify.ts [folder of projects with solutions/ in it]
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

const here = import.meta.dirname

interface Example {
  name: string
  project: string
  solution: string
}

function examples(folder: string): Example[] {
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'package.json')))
    .map((name) => ({
      name,
      project: join(folder, name),
      solution: join(folder, 'solutions', `${name}.patch`),
    }))
}

function runTests(project: string): { exit: number | null; passed: number; failed: number } {
  const { scripts } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as {
    scripts: { test: string }
  }
  // The node that runs this script, whatever the PATH says.
  const args = scripts.test.split(' ').slice(1)
  const env = { PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}` }
  const run = spawnSync(process.execPath, args, { cwd: project, env, encoding: 'utf8', timeout: 60_000 })
  const count = (word: string) => Number(new RegExp(`^. ${word} (\\d+)$`, 'm').exec(run.stdout)?.[1] ?? 0)
  return { exit: run.status, passed: count('pass'), failed: count('fail') }
}

function verify({ name, project, solution }: Example): string[] {
  const copy = mkdtempSync(join(tmpdir(), 'example-'))
  try {
    cpSync(project, copy, { recursive: true })
    const before = runTests(copy)
    const problems: string[] = []
    if (before.exit !== 1) problems.push(`exit ${before.exit} before the fix`)
    const byRunner = before.passed + before.failed > 0
    if (byRunner && before.passed === 0) problems.push('no test passes before the fix')
    const fix = spawnSync('git', ['apply', '--unsafe-paths', '--directory', copy, solution], {
      cwd: '/',
      encoding: 'utf8',
    })
    if (fix.status !== 0) problems.push(`the fix does not apply: ${fix.stderr.trim()}`)
    const after = runTests(copy)
    if (after.exit !== 0) problems.push(`exit ${after.exit} after the fix`)
    const counts = byRunner
      ? `${before.failed} of ${before.failed + before.passed} tests fail before`
      : 'plain script fails before'
    console.log(
      `${problems.length === 0 ? 'ok  ' : 'FAIL'} ${name.padEnd(20)} ${counts}${problems.map((problem) => `; ${problem}`).join('')}`,
    )
    return problems
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

const folder = process.argv[2]
const all =
  folder === undefined
    ? [
        { name: 'demo', project: join(here, 'demo'), solution: join(here, 'demo-solution.patch') },
        ...examples(join(here, 'broken')),
      ]
    : examples(resolve(folder))
const failing = all.filter((example) => verify(example).length > 0)
console.log(`${all.length - failing.length} passed, ${failing.length} failed`)
process.exitCode = failing.length > 0 || all.length === 0 ? 1 : 0
