const names = [
  'sql',
  'nosql',
  'command',
  'code',
  'path',
  'xss',
  'ssrf',
  'redirect',
  'log',
  'ldap',
  'xpath',
  'template',
  'deserialize',
  'regex',
  'header',
  'prototype',
  'mass',
  'xxe',
  'secret',
  'archive',
  'exposure',
  'cors',
  'bomb',
  'object',
] as const

/** What a sink is in danger of. */
export type Kind = (typeof names)[number]

/** Bit of a kind in the masks of taints. */
export const bit = (kind: Kind): number => 1 << names.indexOf(kind)

export const bits = (kinds: readonly Kind[]): number => kinds.reduce((sum, kind) => sum | bit(kind), 0)

/** Safe for everything that a check of the value can make safe: whose record a number means only its owner can say. */
export const everything: number = ((1 << names.length) - 1) & ~bit('object')

/** What goes wrong through single characters: a value of letters and digits is safe for all of it. */
export const injections: number = everything & ~bit('secret')
