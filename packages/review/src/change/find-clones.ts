import { isCode, isTest } from '@cairn/checks'
import { isBuilt } from '../audit/find-source-files.ts'
import type { Change } from './read-change.ts'
import type { Remark } from './review-finding.ts'
import { tokenise, type Token } from './tokens.ts'

/** Tokens that have to be the same, one after the other, before code counts as repeated. */
const LENGTH = 60
const LINES = 6
/** Different tokens in it: tables and lists repeat few. */
const VARIETY = 15
const BASE = 0x01000193
const MOST = 5

interface Source {
  path: string
  tokens: Token[]
  added: (at: number) => boolean
}

/**
 * Added code that stands somewhere else already, in lines that the change does not touch. Windows of `LENGTH` tokens are
 * hashed with a rolling hash (Karp and Rabin, 1987), found ones compared and made as long as they go.
 */
export function findClones({ files, head }: Change): Remark[] {
  const changed = new Map(files.flatMap((one) => (one.after === null ? [] : [[one.after.path, one]])))
  const sources: Source[] = []
  for (const [path, text] of head.texts) {
    if (
      !isCode(path) ||
      isTest(path) ||
      isBuilt(path, text) ||
      /@generated|Code generated/.test(text.slice(0, 2000))
    )
      continue
    const lines = text.split('\n')
    const tokens = tokenise(path, text).filter(
      ({ line }) =>
        !/^\s*(?:import|from|package|use|using|#include)\b|^\s*\}?.*\bfrom\s+['"]/.test(
          lines[line - 1] ?? '',
        ),
    )
    const change = changed.get(path)
    sources.push({ path, tokens, added: (at) => change?.added.has(tokens[at]?.line ?? 0) ?? false })
  }
  const wanted = new Map<number, { source: Source; at: number }[]>()
  for (const source of sources)
    if (changed.has(source.path))
      windows(source, true, (hash, at) => {
        const list = wanted.get(hash)
        if (list === undefined) wanted.set(hash, [{ source, at }])
        else if (list.length < 8) list.push({ source, at })
      })
  if (wanted.size === 0) return []
  const found: Remark[] = []
  const covered = new Map<string, number[]>()
  for (const other of sources)
    windows(other, false, (hash, from) => {
      for (const { source, at } of wanted.get(hash) ?? []) {
        if (found.length >= MOST || covered.get(source.path)?.includes(at) === true) continue
        const length = sameLength(source, at, other, from)
        if (length < LENGTH) continue
        const part = source.tokens.slice(at, at + length)
        const first = part[0]?.line ?? 1
        const last = part.at(-1)?.line ?? first
        covered.set(source.path, [...(covered.get(source.path) ?? []), ...part.map((_, nth) => at + nth)])
        if (last - first + 1 < LINES || new Set(part.map(({ text }) => text)).size < VARIETY) continue
        const there = other.tokens[from]?.line ?? 1
        found.push({
          rule: 'clone',
          file: source.path,
          line: first,
          about: `${other.path} ${part.map(({ text }) => text).join(' ')}`,
          message: `Lines ${first} to ${last} repeat ${other.path}:${there} (${length} tokens).`,
          evidence: [`${other.path}:${there}-${other.tokens[from + length - 1]?.line ?? there}`],
        })
      }
    })
  return found
}

/** Each window whose tokens are all added, or all not. */
function windows(source: Source, added: boolean, visit: (hash: number, at: number) => void): void {
  const { tokens } = source
  let power = 1
  for (let nth = 0; nth < LENGTH; nth++) power = Math.imul(power, BASE)
  const values = tokens.map(({ text }) => numberOf(text))
  let hash = 0
  let run = 0
  for (let at = 0; at < tokens.length; at++) {
    hash = (Math.imul(hash, BASE) + (values[at] ?? 0)) | 0
    if (at >= LENGTH) hash = (hash - Math.imul(power, values[at - LENGTH] ?? 0)) | 0
    run = source.added(at) === added ? run + 1 : 0
    if (run >= LENGTH) visit(hash, at - LENGTH + 1)
  }
}

function numberOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), BASE)
  return hash | 0
}

function sameLength(source: Source, at: number, other: Source, from: number): number {
  let length = 0
  while (
    at + length < source.tokens.length &&
    from + length < other.tokens.length &&
    source.tokens[at + length]?.text === other.tokens[from + length]?.text &&
    source.added(at + length) &&
    !other.added(from + length)
  )
    length++
  return length
}
