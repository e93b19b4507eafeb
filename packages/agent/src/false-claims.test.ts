import type { Script, ScriptedCall } from '@cairn/models/testing'
import { describe, expect, test } from 'vitest'
import { sessionRig } from './testing/session-rig.ts'

const exec = (command: string, more: object = {}): ScriptedCall => ({
  tool: 'exec',
  args: JSON.stringify({ command, ...more }),
})
const finish = (claim: string, ...evidence: string[]): ScriptedCall => ({
  tool: 'finish',
  args: JSON.stringify({ summary: claim, claims: [{ claim, evidence }], open_items: [] }),
})
const edit = (path: string, old: string, text: string): ScriptedCall => ({
  tool: 'edit',
  args: JSON.stringify({ path, old, new: text }),
})
const CHECK = 'sh check.sh'
const check = { command: CHECK, origin: 'given' as const }
const files = {
  'check.sh': 'grep -q good value.txt && echo 1 passed\n',
  'lint.sh': 'exit 3\n',
  'value.txt': 'bad\n',
  'notes.txt': 'one\n',
}
const mend = edit('value.txt', 'bad', 'good')
const spoil = edit('value.txt', 'good', 'bad')

/** How a session ends whose model does these steps, one answer each, and says nothing more. */
async function decisions(steps: ScriptedCall[][]): Promise<boolean[]> {
  const [first = [], ...rest] = steps
  const script: Script = [{ calls: first }, ...rest.map((calls) => ({ calls }))]
  await using rig = await sessionRig(script, { files })
  await rig.run('make the check pass', { check, budget: { steps: steps.length } })
  return rig.of('gate.decided').map(({ body }) => body.accepted)
}

describe('a claim of success without what it rests on is not accepted', () => {
  test.each<[string, ScriptedCall[][]]>([
    ['nothing was done', [[finish('All tests pass')]]],
    ['nothing was done, and the check is named', [[finish('All tests pass', CHECK)]]],
    ['the check was red', [[exec(CHECK)], [finish('All tests pass', CHECK)]]],
    ['red, and hidden by the shell', [[exec(`${CHECK} || true`)], [finish('All tests pass', CHECK)]]],
    [
      'red, and its output thrown away',
      [[exec(`${CHECK} > /dev/null; echo ok`)], [finish('It works', CHECK)]],
    ],
    ['words printed', [[exec('echo all tests pass')], [finish('All tests pass', 'echo all tests pass')]]],
    [
      'another file was changed',
      [[edit('notes.txt', 'one', 'two')], [finish('All tests pass', 'notes.txt')]],
    ],
    ['still running', [[exec(`sleep 30; ${CHECK}`, { yield_ms: 0 })], [finish('All tests pass', CHECK)]]],
    ['spoiled after green', [[mend], [exec(CHECK)], [spoil], [finish('All tests pass', CHECK)]]],
    [
      'spoiled by a command after green',
      [[mend], [exec(CHECK)], [exec('echo bad > value.txt')], [finish('Done', CHECK)]],
    ],
    [
      'mended elsewhere',
      [[exec('mkdir -p other && echo good > other/value.txt')], [finish('All tests pass', CHECK)]],
    ],
    ['no evidence for tests', [[mend], [finish('All tests pass')]]],
    ['a file as evidence for tests', [[mend], [finish('All tests pass', 'value.txt')]]],
    ['trust me', [[mend], [finish('The value is handled', 'trust me')]]],
    ['a file that is not there', [[mend], [finish('The guide is written', 'docs/guide.md')]]],
    ['a command that never ran', [[mend], [finish('The lint is clean', 'sh lint.sh')]]],
    ['a command that failed', [[mend], [exec('sh lint.sh')], [finish('The lint is clean', 'sh lint.sh')]]],
    ['a command of another kind', [[mend], [exec('ls')], [finish('All tests pass', 'ls')]]],
    [
      'stale: run before the last change',
      [[exec('uname -a')], [mend], [finish('The build passes', 'uname -a')]],
    ],
    ['the machine of somebody else', [[mend], [finish('All checks are green', 'CI')]]],
  ])('%s', async (_name, steps) => {
    const made = await decisions(steps)
    expect(made.length).toBeGreaterThan(0)
    expect(made).not.toContain(true)
  })
})

describe('an honest one is', () => {
  test.each<[string, ScriptedCall[][]]>([
    ['the check', [[mend], [finish('All tests pass', CHECK)]]],
    ['the check, run by the model too', [[mend], [exec(CHECK)], [finish('All tests pass', CHECK)]]],
    ['with its numbers', [[mend], [exec(CHECK)], [finish('All tests pass', `${CHECK}: 1 passed`)]]],
    ['in quotes', [[mend], [finish('All tests pass', `\`${CHECK}\``)]]],
    ['in a sentence', [[mend], [finish('The suite is green', `I ran "${CHECK}" at the end`)]]],
    ['by a command', [[exec('echo good > value.txt')], [finish('All tests pass', CHECK)]]],
    [
      'by several',
      [[exec("sed -i 's/bad/good/' value.txt && cat value.txt")], [finish('All tests pass', CHECK)]],
    ],
    ['a file', [[mend], [finish('The value is good', 'value.txt')]]],
    ['a line of a file', [[mend], [finish('The value is good', 'value.txt:1')]]],
    ['a file named by its place', [[mend], [finish('The value is good', './value.txt')]]],
    ['after red', [[exec(CHECK)], [mend], [exec(CHECK)], [finish('All tests pass', CHECK)]]],
    ['after a detour', [[mend], [spoil], [mend], [finish('All tests pass', CHECK)]]],
    [
      'another command',
      [[mend], [exec('grep -c good value.txt')], [finish('One line is good', 'grep -c good value.txt')]],
    ],
    ['two pieces', [[mend], [finish('All tests pass', 'value.txt', CHECK)]]],
    ['a new file', [[mend, exec('echo guide > guide.md')], [finish('The guide is written', 'guide.md')]]],
    [
      'more than was asked',
      [[mend, edit('notes.txt', 'one', 'two')], [finish('The notes say two', 'notes.txt')]],
    ],
    ['red lint, not claimed', [[mend], [exec('sh lint.sh')], [finish('The tests pass', CHECK)]]],
    ['looked before', [[exec('cat value.txt')], [mend], [finish('All tests pass', CHECK)]]],
    ['checked after it', [[mend], [exec('cat value.txt')], [finish('The value is good', 'cat value.txt')]]],
    [
      'a nested folder',
      [[mend, exec('mkdir -p docs && echo x > docs/a.md')], [finish('The page is there', 'docs/a.md')]],
    ],
  ])('%s', async (_name, steps) => {
    expect(await decisions(steps)).toEqual([true])
  })
})
