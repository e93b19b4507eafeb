import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { allowedActions, canDoAll, canMove, isAllowed } from '../src/access.ts'
import type { Rule, User } from '../src/types.ts'

const rules: Rule[] = [
  { groups: ['*'], actions: ['read'], effect: 'allow', path: '/public' },
  { groups: ['staff'], actions: ['read', 'write'], effect: 'allow', path: '/reports/' },
  { groups: ['admin'], actions: ['read', 'write', 'delete', 'share'], effect: 'allow', path: '/reports' },
  { groups: ['interns'], actions: ['write'], effect: 'deny', path: '/reports/final' },
]
const guest: User = { name: 'guest', groups: [] }
const staff: User = { name: 'sam', groups: ['staff'] }
const intern: User = { name: 'ian', groups: ['staff', 'interns'] }
const admin: User = { name: 'ada', groups: ['admin'] }

describe('single actions', () => {
  it('everybody reads what is public', () => {
    assert.equal(isAllowed(rules, guest, 'read', '/public/index'), true)
    assert.equal(isAllowed(rules, guest, 'write', '/public/index'), false)
  })

  it('a prefix ends at a slash', () => {
    assert.equal(isAllowed(rules, guest, 'read', '/publications'), false)
  })

  it('a denial wins', () => {
    assert.equal(isAllowed(rules, intern, 'write', '/reports/draft'), true)
    assert.equal(isAllowed(rules, intern, 'write', '/reports/final/q1'), false)
  })

  it('a suspended user can do nothing', () => {
    assert.equal(isAllowed(rules, { ...admin, suspended: true }, 'read', '/public'), false)
  })
})

describe('several actions', () => {
  it('needs all of them', () => {
    assert.equal(canDoAll(rules, staff, ['read', 'write'], '/reports/draft'), true)
    assert.equal(canDoAll(rules, staff, ['read', 'delete'], '/reports/draft'), false)
    assert.equal(canDoAll(rules, intern, ['read', 'write'], '/reports/final'), false)
  })

  it('lists what is allowed', () => {
    assert.deepEqual(allowedActions(rules, staff, '/reports/draft'), ['read', 'write'])
    assert.deepEqual(allowedActions(rules, guest, '/reports/draft'), [])
  })

  it('moving needs rights at both ends', () => {
    assert.equal(canMove(rules, admin, '/reports/a', '/reports/b'), true)
    assert.equal(canMove(rules, staff, '/reports/a', '/reports/b'), false)
    assert.equal(canMove(rules, admin, '/reports/a', '/elsewhere/b'), false)
  })
})
