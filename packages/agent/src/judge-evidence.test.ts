import { describe, expect, it } from 'vitest'
import { judgeEvidence, type EvidenceFacts } from './judge-evidence.ts'

const facts: EvidenceFacts = {
  commands: [
    { command: 'npm test', ok: true, seq: 20 },
    { command: 'npm run lint', ok: false, seq: 21 },
    { command: 'npm run build', ok: true, seq: 5 },
    { command: 'echo all tests pass', ok: true, seq: 22 },
    { command: 'grep -rn TODO src', ok: true, seq: 23 },
    { command: 'ls src', ok: true, seq: 24 },
  ],
  changedAt: 10,
  exists: (path) => ['src/a.ts', 'README.md', 'docs/guide/start.md'].includes(path),
}
const judge = (claim: string, ...evidence: string[]) =>
  judgeEvidence({ summary: 's', claims: [{ claim, evidence }], openItems: [] }, facts)

describe('judgeEvidence', () => {
  it.each([
    ['All tests pass'],
    ['All tests pass', 'npm run lint'],
    ['All tests pass', 'src/a.ts'],
    ['All tests pass', 'I ran everything'],
    ['All tests pass', 'echo all tests pass'],
    ['All tests pass', 'ls src'],
    ['All tests pass', 'pytest -q'],
    ['The build succeeds', 'npm run build'],
    ['The lint is clean', 'npm run lint'],
    ['Types check without errors', 'tsc --noEmit: no errors'],
    ['The function handles null', 'src/b.ts'],
    ['The function handles null', 'trust me'],
    ['The function handles null', ''],
    ['Docs are written', 'docs/missing.md'],
    ['The bug is fixed', 'obviously'],
    ['The build passes', 'README.md'],
    ['The project compiles', 'npm run build (earlier)'],
    ['The bug is fixed', 'npm run build'],
    ['Everything works', 'npm run lint: 0 problems'],
    ['All checks are green', 'CI'],
  ])('refuses: %s %s', (claim, ...evidence) => {
    expect(judge(claim, ...evidence)).toHaveLength(1)
  })

  it.each([
    ['All tests pass', 'npm test'],
    ['All tests pass', '`npm test`'],
    ['All tests pass', 'npm test: 12 passed, 0 failed'],
    ['All tests pass', 'ran "npm test" after the last edit'],
    ['All tests pass', 'npm run lint', 'npm test'],
    ['The bug is fixed', 'npm test'],
    ['The function handles null', 'src/a.ts'],
    ['The function handles null', 'src/a.ts:12'],
    ['The function handles null', 'see `src/a.ts`, line 12'],
    ['The function handles null', 'src/a.ts#L12'],
    ['No TODO is left', 'grep -rn TODO src'],
    ['The files are listed', 'ls src'],
    ['The guide is written', 'docs/guide/start.md'],
    ['README tells how to install', 'README.md'],
    ['The tests pass', 'npm  test   passes'],
    ['The suite is green', 'NPM TEST'],
    ['The change is documented', './README.md', 'README.md'],
    ['The change is documented', 'README.md, section Install'],
    ['Works', 'npm test and src/a.ts'],
    ['The tests pass again', "output of 'npm test'"],
  ])('accepts: %s %s', (claim, ...evidence) => {
    expect(judge(claim, ...evidence)).toEqual([])
  })
})
