import type { Provenance } from '../approval/approval.ts'

type Kind = Provenance['kind']

/** What may stand beside a literal without being part of it, by kind: a host within a longer host is another one. */
const before: Record<Kind, RegExp> = {
  host: /[\w.-]/u,
  package: /[\w@/.-]/u,
  remote: /[\w/.-]/u,
  path: /[\w/.-]/u,
  email: /[\w.+@-]/u,
}
const after: Record<Kind, RegExp> = {
  host: /^(?:[\w-]|\.[\w-])/u,
  package: /^(?:[\w/-]|\.\w)/u,
  remote: /^(?:[\w/-]|\.\w)/u,
  path: /^(?:[\w-]|\.\w)/u,
  email: /^(?:[\w@-]|\.\w)/u,
}

/** Where a text has a literal as a whole, ignoring case; -1 where it has not. Linear in the length of the text. */
export function findLiteral(text: string, literal: string, kind: Kind): number {
  const [hay, needle] = [text.toLowerCase(), literal.toLowerCase()]
  if (needle === '') return -1
  for (let at = hay.indexOf(needle); at >= 0; at = hay.indexOf(needle, at + 1)) {
    const next = hay.slice(at + needle.length, at + needle.length + 2)
    if ((at === 0 || !before[kind].test(hay[at - 1] ?? '')) && !after[kind].test(next)) return at
  }
  return -1
}
