import { expect, test } from 'vitest'
import { collectAnswers } from '../approval/collect-answers.ts'
import type { ApprovalAnswer, ApprovalRequest, Approver } from '../approval/approval.ts'
import { builtinLayer } from './builtin-layer.ts'
import { createPolicy } from './create-policy.ts'
import { parsePolicy } from './parse-policy.ts'

const file = (rules: object[], roles?: object) =>
  JSON.stringify({ version: 1, rules, ...(roles ? { roles } : {}) })
const two = {
  id: 'two',
  effect: 'ask',
  kind: ['publish', 'merge'],
  approvers: 2,
  role: 'release',
  reason: 'Two people.',
}
const roles = { release: ['user:ann', 'user:ben', 'user:cid'] }

test('a rule about what an action amounts to finds it however it is written', async () => {
  const layers = [parsePolicy(file([two], roles), 'managed', 'm'), builtinLayer]
  const policy = createPolicy(layers, { workspace: '/w', now: () => 0 })
  const decide = (command: string) => policy.decide({ tool: 'exec', effect: 'exec', command })
  for (const command of [
    'npm publish',
    'git push',
    'true && bash -c "git -C x push origin"',
    'gh pr merge 3',
  ])
    expect(await decide(command)).toMatchObject({
      decision: 'ask',
      rule: 'managed:two',
      approvers: 2,
      allowed: roles.release,
    })
  expect(await decide('npm test')).toMatchObject({ decision: 'allow' })
  expect((await decide('git push')).id).toBe((await decide('git push')).id)
  expect((await decide('git push')).id).not.toBe((await decide('git push x')).id)
})

test.each([
  [{ ...two, effect: 'allow' }, roles, /"kind" can only deny and ask/u],
  [{ ...two, kind: ['x'] }, roles, /"kind" is no list/u],
  [{ ...two, approvers: 0 }, roles, /"approvers" is no whole number/u],
  [two, undefined, /nobody has the role release/u],
  [{ ...two, effect: 'deny' }, roles, /only for "ask"/u],
])('a rule that cannot hold is refused', (rule, people, message) => {
  expect(() => parsePolicy(file([rule], people), 'managed', 'm')).toThrow(message)
})

const record = (more: Partial<ApprovalRequest>): ApprovalRequest => ({
  id: 'a',
  session: 's',
  call: 'c',
  action: { tool: 'exec', args: '{}', cwd: '/w', files: [] },
  actionSha256: 'x',
  policySha256: 'p',
  decisionId: 'd',
  rule: 'managed:two',
  reason: '',
  requester: 'agent:s',
  approvers: 2,
  allowed: roles.release,
  grantedBy: [],
  scopes: ['once'],
  provenance: [],
  requestedAt: 0,
  expiresAt: 1_000,
  ...more,
})
const says = (...answers: ApprovalAnswer[]): Approver => ({
  request: () => Promise.resolve(answers.shift() ?? { decision: 'deny', by: 'user:late' }),
})
const yes = (by: string): ApprovalAnswer => ({ decision: 'grant', by, scope: 'session' })

async function outcome(approvers: Approver[], more: Partial<ApprovalRequest> = {}) {
  return collectAnswers(record(more), approvers, {
    signal: new AbortController().signal,
    now: () => 0,
    onGrant: () => undefined,
  })
}

test('two different people of the role are needed, and nobody twice', async () => {
  expect(await outcome([says(yes('user:ann'), yes('user:ben'))])).toEqual({
    outcome: 'granted',
    by: ['user:ann', 'user:ben'],
    scope: 'once',
  })
  expect(await outcome([says(yes('user:ann'), yes('user:ann'))])).toMatchObject({
    outcome: 'denied',
    by: 'cairn',
  })
  expect(await outcome([says(yes('user:eve'))])).toMatchObject({ outcome: 'denied' })
  expect(await outcome([says(yes('agent:s'))])).toMatchObject({ outcome: 'denied' })
  expect(await outcome([says(yes('user:ann'), { decision: 'deny', by: 'user:ben' })])).toMatchObject({
    outcome: 'denied',
    by: 'user:ben',
  })
  expect(await outcome([says(yes('user:ann'))], { expiresAt: 0 })).toMatchObject({ outcome: 'expired' })
})
