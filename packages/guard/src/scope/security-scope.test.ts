import { describe, expect, it } from 'vitest'
import { createPolicy } from '../policy/create-policy.ts'
import { isTarget, scopeLayer } from './scope-layer.ts'
import { parseScope } from './security-scope.ts'

const NOW = Date.parse('2030-01-01T00:00:00Z')
const file = { path: '/s.json', sha256: 'a'.repeat(64), now: NOW }
const valid = {
  version: 1,
  role: 'tester',
  authoriser: 'Security office',
  expires: '2030-02-01T00:00:00Z',
  repositories: { paths: ['/srv/app'] },
  targets: ['127.0.0.1', 'staging.internal', '10.1.0.0/16'],
}

describe('parseScope', () => {
  it('reads a scope', () => {
    expect(parseScope(valid, file)).toMatchObject({
      role: 'tester',
      paths: ['/srv/app'],
      targets: valid.targets,
    })
  })

  it.each([
    ['no table', 'x'],
    ['an unknown key', { ...valid, target: [] }],
    ['another version', { ...valid, version: 2 }],
    ['no role', { ...valid, role: 'admin' }],
    ['nobody who allows it', { ...valid, authoriser: ' ' }],
    ['a time without a zone', { ...valid, expires: '2030-02-01T00:00:00' }],
    ['a time that is over', { ...valid, expires: '2029-12-31T00:00:00Z' }],
    ['a time too far away', { ...valid, expires: '2032-01-01T00:00:00Z' }],
    ['no repository', { ...valid, repositories: {} }],
    ['everything as repository', { ...valid, repositories: { paths: ['/'] } }],
    ['a public target', { ...valid, targets: ['example.com'] }],
    ['a public address', { ...valid, targets: ['8.8.8.8'] }],
    ['a range that is not all private', { ...valid, targets: ['10.0.0.0/7'] }],
    ['every host as its own', { ...valid, own_targets: ['*'] }],
    ['a top-level domain as its own', { ...valid, own_targets: ['*.com'] }],
  ])('refuses %s', (_what, value) => {
    expect(() => parseScope(value, file)).toThrow('the scope /s.json')
  })
})

describe('the layer of a scope', () => {
  const scope = parseScope({ ...valid, own_targets: ['shop.example.org'] }, file)

  it('knows its targets in every spelling', () => {
    expect(isTarget(scope.targets, '10.1.2.3', 443)).toBe(true)
    expect(isTarget(scope.targets, '10.2.0.1', 443)).toBe(false)
    expect(isTarget(scope.targets, 'shop.example.org', 443)).toBe(true)
    expect(isTarget(scope.targets, 'evil-shop.example.org', 443)).toBe(false)
  })

  it('refuses what it does not name, and allows nothing by itself', async () => {
    const policy = createPolicy([scopeLayer(scope)], { workspace: '/srv/app', now: () => 0 })
    const decide = (command: string) => policy.decide({ tool: 'exec', effect: 'exec', command })
    const foreign = await decide('curl https://example.com/x')
    expect(foreign).toMatchObject({ decision: 'deny', rule: 'scope:outside' })
    expect((await decide('curl https://shop.example.org/x')).rule).not.toBe('scope:outside')
  })
})
