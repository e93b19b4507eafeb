import { openTrust, readShipped, trustFile, type Approver } from '@cairn/guard'
import { assert, property, string } from 'fast-check'
import { readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sessionRig, type SessionRig } from '../testing/session-rig.ts'
import { hookCalls } from './hook-tools.ts'
import { readAnswer } from './hook-answer.ts'
import { readHooks } from './read-hooks.ts'

const SETTINGS = '.claude/settings.json'
const command = (text: string, matcher?: string) => ({
  ...(matcher === undefined ? {} : { matcher }),
  hooks: [{ type: 'command', command: text, timeout: 20 }],
})
const settings = (hooks: Record<string, unknown>) => JSON.stringify({ hooks })
const say = (value: object) => `printf '%s' '${JSON.stringify(value)}'`
const pre = (fields: object) => say({ hookSpecificOutput: { hookEventName: 'PreToolUse', ...fields } })

function approve(rig: SessionRig, path: string): void {
  const bytes = readShipped(rig.cwd, path)
  if (bytes === null) throw new Error(`no ${path}`)
  openTrust(trustFile(rig.dataDir), realpathSync(rig.cwd)).approve('hooks', path, bytes, 'local:ann', 1)
}

const exec = (line: string) => ({ calls: [{ tool: 'exec', args: JSON.stringify({ command: line }) }] })
const DONE = { text: 'done' }

test('hooks of a repository do nothing before they are approved, programs of theirs included', async () => {
  const files = {
    [SETTINGS]: settings({ PreToolUse: [command('"$CLAUDE_PROJECT_DIR"/.claude/hooks/no.sh', 'Bash')] }),
    '.claude/hooks/no.sh': '#!/bin/sh\necho "not this" >&2\nexit 2\n',
  }
  await using rig = await sessionRig([exec('echo hi'), DONE], { files })
  approve(rig, SETTINGS)
  await rig.run('go')
  expect(rig.of('hook.ran')).toEqual([])
  expect(rig.of('conventions.loaded')[0]?.body.leftOut).toMatchObject([
    { kind: 'hooks', path: '.claude/hooks' },
  ])
  expect(rig.of('tool.done')[0]?.body.output).toContain('hi')
})

test('a hook sees the call as Claude Code names it, and exit code 2 refuses it with its reason', async () => {
  const script = 'cat > seen.json; echo "no shell today" >&2; exit 2'
  await using rig = await sessionRig([exec('echo hi > made'), DONE], {
    files: { [SETTINGS]: settings({ PreToolUse: [command(script, 'Bash|Edit')] }) },
  })
  approve(rig, SETTINGS)
  await rig.run('go')
  expect(JSON.parse(readFileSync(join(rig.cwd, 'seen.json'), 'utf8'))).toMatchObject({
    hook_event_name: 'PreToolUse',
    session_id: 'rig',
    tool_name: 'Bash',
    tool_input: { command: 'echo hi > made' },
  })
  const [done] = rig.of('tool.done')
  expect(done?.body).toMatchObject({ ok: false, lost: 'refused' })
  expect(done?.body.output).toContain('no shell today')
  expect(rig.of('tool.intended')).toEqual([])
  expect(rig.of('hook.ran')[0]?.body).toMatchObject({ outcome: 'blocked', file: SETTINGS })
  expect(rig.server.requests[1]?.text).toContain('no shell today')
})

test('a hook cannot allow what the policy asks about, nor turn it into something allowed', async () => {
  const allow = pre({ permissionDecision: 'allow', updatedInput: { command: 'echo harmless' } })
  await using rig = await sessionRig([exec('git push origin main'), exec('echo first'), DONE], {
    files: { [SETTINGS]: settings({ PreToolUse: [command(allow, 'Bash')] }) },
  })
  approve(rig, SETTINGS)
  await rig.run('go')
  const [push, other] = rig.of('tool.done')
  expect(push?.body).toMatchObject({ ok: false, lost: 'refused' })
  expect(other?.body.output).toContain('harmless')
  expect(rig.of('tool.intended')[0]?.body.args).toEqual({ command: 'echo harmless' })
})

test('a hook can demand a question, and the person sees the bytes that would run', async () => {
  const asked: unknown[] = []
  const approver: Approver = {
    async request(record) {
      asked.push(record.action.args)
      return { decision: 'deny', by: 'local:ann', reason: 'no' }
    },
  }
  const ask = pre({ permissionDecision: 'ask', permissionDecisionReason: 'look at it' })
  await using rig = await sessionRig([exec('echo hi'), DONE], {
    approvers: [approver],
    files: { [SETTINGS]: settings({ PreToolUse: [command(ask)] }) },
  })
  approve(rig, SETTINGS)
  await rig.run('go')
  expect(asked).toEqual(['{"command":"echo hi"}'])
  expect(rig.of('guard.decided')[0]?.body).toMatchObject({ decision: 'ask', rule: 'hook:ask' })
  expect(rig.of('tool.done')[0]?.body.ok).toBe(false)
})

test('messages can be refused, ends held up, words added; a slow hook is ended', async () => {
  const files = {
    [SETTINGS]: settings({
      SessionStart: [command('echo "branch: main"', 'startup')],
      UserPromptSubmit: [command('grep -q forbidden && { echo "not that" >&2; exit 2; }; exit 0')],
      Stop: [command('grep -q \'"stop_hook_active":true\' || { echo "run the tests" >&2; exit 2; }')],
      PostToolUse: [
        { matcher: 'Bash', hooks: [{ type: 'command', command: 'sleep 60', timeout: 0.2 }] },
        command(say({ decision: 'block', reason: 'style is wrong' }), 'Bash'),
      ],
    }),
  }
  await using rig = await sessionRig([exec('echo hi'), DONE, { text: 'now really' }], { files })
  approve(rig, SETTINGS)
  const refused = await rig.run('a forbidden thing')
  expect(refused).toMatchObject({ status: 'refused', summary: 'A hook refused the message: not that' })
  expect(rig.of('user.message')).toEqual([])
  const end = await rig.run('go')
  expect(end.summary).toBe('now really')
  expect(rig.server.requests[1]?.text).toContain('style is wrong')
  expect(rig.server.requests[2]?.text).toContain('run the tests')
  expect(rig.of('hook.ran').filter(({ body }) => body.outcome === 'failed')[0]?.body.reason).toContain(
    'time limit',
  )
})

test('a guard whose program the session changed asks instead of being skipped', async () => {
  const files = {
    [SETTINGS]: settings({ PreToolUse: [command('sh $CLAUDE_PROJECT_DIR/tools/check.sh', 'Bash')] }),
    'tools/check.sh': 'exit 0\n',
  }
  await using rig = await sessionRig(
    ({ index }) => {
      if (index === 1) writeFileSync(join(rig.cwd, 'tools/check.sh'), 'exit 0 # other\n')
      return index < 2 ? exec('echo hi') : DONE
    },
    { files },
  )
  approve(rig, SETTINGS)
  await rig.run('go')
  const [first, second] = rig.of('tool.done')
  expect(first?.body.ok).toBe(true)
  expect(second?.body).toMatchObject({ ok: false, lost: 'refused' })
})

test('a mistake in the file leaves out what it is in, and is said', () => {
  const read = (value: unknown) => readHooks(JSON.stringify(value), 'f')
  expect(readHooks('{', 'f').problems[0]).toMatch(/^f: no hook of it is active, because it is not JSON/u)
  expect(read({ hooks: [] }).problems).toEqual([
    'f: no hook of it is active: "hooks" is not a table of moments',
  ])
  const mixed = read({
    hooks: {
      Nothing: [],
      Stop: [{ hooks: [{ type: 'prompt' }, { type: 'command', command: 'x' }] }],
      PreToolUse: [{ matcher: '(', hooks: [] }],
    },
  })
  expect(mixed.hooks).toMatchObject([{ event: 'Stop', command: 'x' }])
  expect(mixed.problems).toHaveLength(3)
  assert(property(string(), (text) => readHooks(text, 'f').hooks.length === 0))
})

test('a patch is one call for each of its files; no answer allows anything', () => {
  const patch = '*** Begin Patch\n*** Add File: a.txt\n+x\n*** Delete File: b/c.txt\n*** End Patch'
  expect(hookCalls('/w', 'apply_patch', { patch }).map(({ input }) => input['file_path'])).toEqual([
    '/w/a.txt',
    '/w/b/c.txt',
  ])
  const end = { exit: 0, err: '', cause: 'exit' as const }
  const out = (value: object) => readAnswer('PreToolUse', { ...end, out: JSON.stringify(value) }).outcome
  expect(out({ decision: 'approve' })).toBe('ok')
  expect(out({ continue: false, stopReason: 'x' })).toBe('stopped')
  assert(
    property(string(), (text) =>
      ['ok', 'blocked', 'ask', 'stopped'].includes(readAnswer('PreToolUse', { ...end, out: text }).outcome),
    ),
  )
})
