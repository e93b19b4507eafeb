import { expect, test } from 'vitest'
import { gitIdentity } from './git-identity.ts'

test.each([
  [
    '[user]\n\tname = Ada Lovelace\n\temail = ada@example.org\n',
    { name: 'Ada Lovelace', email: 'ada@example.org' },
  ],
  ['[core]\n\tname = x\n[user]\n  Email="a \\"b\\" c"  ; comment\n', { email: 'a "b" c' }],
  ['[user "other"]\n\tname = x\n', {}],
  ['[user]\n\tname = Ada # the first\n[credential]\n\thelper = store\n\temail = no\n', { name: 'Ada' }],
  ['', {}],
])('%j', (config, identity) => {
  expect(gitIdentity(config)).toEqual(identity)
})
