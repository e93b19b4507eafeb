import type { ApprovalAnswer, ApprovalRequest, Approver } from '@cairn/guard'
import type { ScriptedCall } from '@cairn/models/testing'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sessionRig } from './testing/session-rig.ts'

const call = (tool: string, args: object): ScriptedCall => ({ tool, args: JSON.stringify(args) })
const amend = call('exec', { command: 'echo x >> ran; git stash clear || true' })
const setUp = call('exec', {
  command:
    'git init -q && git config user.email a@b.c && git config user.name a && echo x > a && git add a && git commit -qm one',
})

/** Answers each question in turn, and keeps what it was shown. */
function approver(answers: readonly (ApprovalAnswer | (() => ApprovalAnswer))[]) {
  const seen: ApprovalRequest[] = []
  const port: Approver = {
    request(record, { signal }) {
      const answer = answers[seen.length]
      seen.push(record)
      if (answer !== undefined) return Promise.resolve(typeof answer === 'function' ? answer() : answer)
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('gone'))))
    },
  }
  return { seen, approvers: [port] }
}

const yes: ApprovalAnswer = { decision: 'grant', by: 'user:ann', scope: 'once' }

test('a granted call runs once; its record goes through every state in the journal', async () => {
  const { seen, approvers } = approver([yes, { decision: 'deny', by: 'user:ann', reason: 'not again' }])
  await using rig = await sessionRig(
    [{ calls: [setUp] }, { calls: [amend] }, { calls: [amend] }, { text: 'end' }],
    {
      approvers,
    },
  )
  await rig.run('go')
  expect(seen).toHaveLength(2)
  expect(seen[0]).toMatchObject({
    session: 'rig',
    requester: 'agent:rig',
    rule: 'builtin:discard-work',
    action: { tool: 'exec', args: JSON.stringify({ command: 'echo x >> ran; git stash clear || true' }) },
  })
  const kinds = rig.events.map(({ kind }) => kind).filter((kind) => kind.startsWith('approval.'))
  expect(kinds).toEqual([
    'approval.requested',
    'approval.granted',
    'approval.used',
    'approval.requested',
    'approval.denied',
  ])
  const done = rig.of('tool.done').map(({ body }) => body)
  expect(done[1]).toMatchObject({ ok: true, exit: 0 })
  expect(readFileSync(join(rig.cwd, 'ran'), 'utf8')).toBe('x\n')
  expect(done[2]).toMatchObject({ ok: false, lost: 'refused' })
  expect(done[2]?.output).toContain('user:ann did not approve this call (not again)')
  expect(rig.of('tool.intended')[1]?.body.approval).toBe(rig.of('approval.used')[0]?.body.id)
})

test('what changed between the question and the effect is refused', async () => {
  const run = call('exec', { command: 'bash ./script.sh && git rebase --continue' })
  let cwd = ''
  const { approvers } = approver([
    () => {
      writeFileSync(join(cwd, 'script.sh'), 'touch canary')
      return yes
    },
  ])
  await using rig = await sessionRig([{ calls: [run] }, { text: 'end' }], {
    approvers,
    files: { 'script.sh': 'true' },
  })
  cwd = rig.cwd
  await rig.run('go')
  expect(existsSync(join(cwd, 'canary'))).toBe(false)
  expect(rig.of('approval.expired')).toHaveLength(1)
  expect(rig.of('approval.used')).toHaveLength(0)
  expect(rig.of('tool.intended')).toHaveLength(0)
  expect(rig.of('tool.done')[0]?.body.output).toContain('has changed since')
})

test('an approved edit of a protected file is written, one that was not asked about is not', async () => {
  const { approvers } = approver([yes, { decision: 'deny', by: 'user:ann' }])
  await using rig = await sessionRig(
    [
      { calls: [call('edit', { path: 'AGENTS.md', old: '', new: 'a' })] },
      { calls: [call('edit', { path: 'AGENTS.md', old: 'a', new: 'b' })] },
      { calls: [call('edit', { path: '.claude/settings.json', old: '', new: 'b' })] },
      { text: 'end' },
    ],
    { approvers },
  )
  await rig.run('go')
  expect(readFileSync(join(rig.cwd, 'AGENTS.md'), 'utf8')).toBe('a')
  expect(existsSync(join(rig.cwd, '.claude'))).toBe(false)
})

test('a grant for the session covers the same bytes only, and the agent cannot grant', async () => {
  const { seen, approvers } = approver([
    { ...yes, scope: 'session' },
    { ...yes, by: 'agent:rig' },
  ])
  const stash = (more: string) => call('exec', { command: `git stash clear${more}` })
  await using rig = await sessionRig(
    [{ calls: [setUp] }, { calls: [stash(''), stash(''), stash('; true')] }, { text: 'end' }],
    { approvers },
  )
  await rig.run('go')
  expect(seen).toHaveLength(2)
  expect(rig.of('approval.used')).toHaveLength(2)
  expect(rig.of('approval.denied')[0]?.body.reason).toBe('whoever asks cannot approve')
})

test('a question expires, and one that is cancelled ends with the run', async () => {
  const { approvers } = approver([])
  await using rig = await sessionRig([{ calls: [amend] }, { text: 'end' }], {
    approvers,
    approvalSeconds: 0.05,
  })
  await rig.run('go')
  expect(rig.of('approval.expired')[0]?.body.reason).toBe('nobody answered in time')
  await using other = await sessionRig([{ calls: [amend] }, { text: 'end' }], approver([]))
  const abort = new AbortController()
  const running = other.run('go', { signal: abort.signal })
  while (other.of('approval.requested').length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  abort.abort()
  expect((await running).status).toBe('cancelled')
  expect(other.of('approval.expired')).toHaveLength(1)
  expect(other.of('tool.intended')).toHaveLength(0)
})
