import { expect, test } from 'vitest'
import { parsePolicy } from '../policy/parse-policy.ts'
import type { LayerName } from '../policy/rule.ts'
import { hostRules } from './host-rules.ts'

const layer = (name: LayerName, rules: object[]) =>
  parsePolicy(
    JSON.stringify({ version: 1, rules: rules.map((rule) => ({ reason: 'because', ...rule })) }),
    name,
    `${name}.json`,
  )
const target = (host: string, port = 443, method = 'CONNECT') => ({ host, port, method })

test('only hosts that a rule names are allowed, on the usual ports or the named one', () => {
  const rules = hostRules([
    layer('user', [
      { id: 'registry', effect: 'allow', host: ['registry.example', '*.cdn.example', '127.0.0.1:4873'] },
      { id: 'everything', effect: 'allow' },
      { id: 'exec', effect: 'allow', tool: ['exec'] },
    ]),
  ])
  const decide = (host: string, port?: number) => rules.decide(target(host, port)).decision
  expect(rules.named).toEqual(['registry.example', '*.cdn.example', '127.0.0.1:4873'])
  expect(decide('registry.example')).toBe('allow')
  expect(decide('registry.example', 80)).toBe('allow')
  expect(decide('registry.example', 22)).toBe('deny')
  expect(decide('a.cdn.example')).toBe('allow')
  expect(decide('cdn.example')).toBe('deny')
  expect(decide('127.0.0.1', 4873)).toBe('allow')
  expect(decide('127.0.0.1', 443)).toBe('deny')
  expect(rules.decide(target('evil.example')).rule).toBe('none')
})

test('the strongest layer decides, weaker ones only make it stricter', () => {
  const managed = layer('managed', [{ id: 'no', effect: 'deny', host: ['*.evil.example'] }])
  const user = layer('user', [
    { id: 'yes', effect: 'allow', host: ['a.evil.example', 'b.example', 'c.example:8443'] },
  ])
  const project = layer('project', [
    { id: 'not-here', effect: 'deny', host: ['b.example'] },
    { id: 'first', effect: 'ask', host: ['c.example'] },
  ])
  const rules = hostRules([managed, user, project])
  expect(rules.decide(target('a.evil.example'))).toMatchObject({ decision: 'deny', rule: 'managed:no' })
  expect(rules.decide(target('b.example'))).toMatchObject({ decision: 'deny', rule: 'project:not-here' })
  expect(rules.decide(target('c.example', 8443))).toMatchObject({ decision: 'ask', rule: 'project:first' })
  expect(hostRules([managed, project]).named).toEqual([])
  const closed = hostRules([layer('managed', [{ id: 'closed', effect: 'deny', tool: ['egress'] }]), user])
  expect(closed.decide(target('b.example'))).toMatchObject({ decision: 'deny', rule: 'managed:closed' })
})

test('methods are held to where they can be seen, and encrypted connections are refused where not', () => {
  const rules = hostRules([
    layer('managed', [
      { id: 'read', effect: 'allow', host: ['a.example'], method: ['GET', 'HEAD'], upload: 5 },
    ]),
    layer('user', [{ id: 'write', effect: 'allow', host: ['a.example'] }]),
  ])
  expect(rules.decide(target('a.example', 80, 'GET'))).toMatchObject({
    decision: 'allow',
    terms: { upload: 5 },
  })
  expect(rules.decide(target('a.example', 80, 'POST'))).toMatchObject({
    decision: 'deny',
    rule: 'managed:read',
  })
  expect(rules.decide(target('a.example')).reason).toContain('cannot be seen')
})

test.each([
  [{ id: 'x', effect: 'allow', host: ['*'] }, 'every host'],
  [{ id: 'x', effect: 'allow', host: ['http://a'] }, 'is no host'],
  [{ id: 'x', effect: 'allow', host: ['evil\0.a'] }, 'is no host'],
  [{ id: 'x', effect: 'allow', method: ['GET'] }, 'only for rules about'],
  [{ id: 'x', effect: 'allow', host: ['a'], method: ['get'] }, 'no HTTP method'],
  [{ id: 'x', effect: 'deny', host: ['a'], upload: 5 }, 'only for "allow"'],
  [{ id: 'x', effect: 'allow', host: ['a'], upload: -1 }, 'number of bytes'],
  [{ id: 'x', effect: 'allow', host: ['a'], address: ['10/8'] }, 'neither an address'],
  [{ id: 'x', effect: 'allow', host: ['a'], command: ['npm'], download: 5 }, 'only for rules about'],
])('%j is refused: %s', (rule, why) => {
  expect(() => layer('user', [rule])).toThrow(why)
})
