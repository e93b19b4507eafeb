import { fault, success } from '../fault.ts'
import { type Root, locate } from '../paths/locate.ts'
import type { Outcome, SearchQuery, SearchResult } from '../workspace.ts'
import { type Ripgrep, runRipgrep } from './ripgrep.ts'

const DEFAULT_LIMIT = 100
const MAX_LIMIT = 2000
const MAX_CONTEXT = 20
const MAX_COLUMNS = 400
const MAX_TEXT = 200_000

/**
 * Searches file contents in path order: hidden files too, ignored and binary ones and files above 64 MB not. Stops at
 * `limit` matching lines (default 100). A pattern that ripgrep refuses is `bad-pattern` with ripgrep's own words.
 */
export async function search(root: Root, rg: Ripgrep, query: SearchQuery): Promise<Outcome<SearchResult>> {
  if (query.pattern === '')
    return fault('bad-pattern', 'The pattern is empty: it would match every line. Give some text.')
  if (query.pattern.includes('\0') || query.glob?.includes('\0')) {
    return fault('bad-pattern', 'The pattern has a NUL byte in it; text files have none. Remove it.')
  }
  const at = locate(root, query.path ?? '.')
  if (!at.ok) return at
  if (at.value.kind === 'absent')
    return fault('not-found', `${query.path} does not exist. List its folder to see what is there.`)
  const limit = Math.max(1, Math.min(MAX_LIMIT, Math.floor(query.limit ?? DEFAULT_LIMIT)))
  const out = collect(limit)
  const run = await runRipgrep(rg, argumentsOf(query, at.value.rel || '.'), root.real, '\n', out.take)
  if (!run.ok) return run
  if (run.value.exit === 2 && run.value.stderr.trim() !== '') return badPattern(query, run.value.stderr)
  return success(out.result())
}

function argumentsOf(query: SearchQuery, path: string): string[] {
  const context = Math.max(0, Math.min(MAX_CONTEXT, Math.floor(query.context ?? 0)))
  const args = [
    '--line-number',
    '--with-filename',
    '--no-heading',
    '--null',
    '--sort=path',
    '--hidden',
    '--no-require-git',
    '--no-ignore-global',
    `--max-columns=${MAX_COLUMNS}`,
    '--max-columns-preview',
    '--max-filesize=64M',
    query.ignoreCase === true ? '--ignore-case' : '--case-sensitive',
    query.literal === true ? '--fixed-strings' : '--no-fixed-strings',
    `--context=${context}`,
  ]
  if (/\n|\\n/.test(query.pattern)) args.push('--multiline')
  if (query.glob !== undefined && query.glob !== '') args.push(`--glob=${query.glob}`)
  // Last, because a later glob wins.
  args.push('--glob=!.git', `--regexp=${query.pattern}`, '--', path)
  return args
}

function collect(limit: number) {
  const lines: string[] = []
  const files = new Set<string>()
  let matches = 0
  let length = 0
  let truncated = false
  const take = (record: string): boolean => {
    const zero = record.indexOf('\0')
    if (zero < 0) {
      if (record === '--') lines.push('--')
      return true
    }
    const path = record
      .slice(0, zero)
      .replace(/^\.[\\/]/, '')
      .replaceAll('\\', '/')
    const [, number, mark, text] = /^(\d+)([:-])(.*)$/s.exec(record.slice(zero + 1)) ?? []
    if (mark === ':') {
      if (matches >= limit) {
        truncated = true
        return false
      }
      matches++
      files.add(path)
    }
    const line = `${path}:${number ?? '?'}${mark ?? ':'} ${(text ?? '').replace(/\r$/, '')}`
    length += line.length + 1
    if (length > MAX_TEXT) {
      truncated = true
      return false
    }
    lines.push(line)
    return true
  }
  const result = (): SearchResult => {
    while (lines.at(-1) === '--') lines.pop()
    return { text: lines.join('\n'), matches, files: files.size, truncated }
  }
  return { take, result }
}

function badPattern(query: SearchQuery, stderr: string) {
  const words = stderr.trim().replace(/^rg: /, '')
  const hint =
    query.literal === true ? 'Correct the glob.' : 'Correct it, or search for it literally (literal: true).'
  return fault('bad-pattern', `ripgrep does not accept this query: ${words}\n${hint}`)
}
