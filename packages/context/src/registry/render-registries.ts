import { estimateTokens } from '../ingest/estimate-tokens.ts'
import type { Disk } from './disk.ts'
import { dirtySince, staleSince } from './staleness.ts'
import type { FileState, ProcessState, Registries, TestState } from './registries.ts'

export type { Disk }

interface RegistrySection {
  kind: 'requests' | 'plan' | 'tests' | 'files' | 'processes' | 'skills' | 'images' | 'environment'
  /** Lines ending in a newline, without a heading. Never empty. */
  text: string
  /** Items left out by the bound of the section; their number is in `text`. */
  omitted: number
}

export interface RenderedRegistries {
  /** All sections with headings, in a fixed order. */
  text: string
  sections: RegistrySection[]
}

export interface RegistryLimits {
  /** Tokens of each section. Default 1,500. Plan, processes and open requests are never cut. */
  sectionTokens?: number
}

const HEADINGS: Record<RegistrySection['kind'], string> = {
  requests: 'User requests',
  plan: 'Plan',
  tests: 'Checks (a result holds only for the tree it ran on)',
  files: 'Known files, newest first',
  processes: 'Processes',
  skills: 'Loaded skills',
  images: 'Images of open requests',
  environment: 'Environment',
}

/**
 * The registries as text. Hashes are compared with the disk as it is now: a file that differs is labelled as changed
 * since it was seen, a check result on another tree as stale (I8). At most as many files are read as fit the section.
 */
export function renderRegistries(
  state: Registries,
  disk: Disk,
  limits: RegistryLimits = {},
): RenderedRegistries {
  const tokens = limits.sectionTokens ?? 1500
  const open = state.requests.filter((request) => request.status === 'open')
  const closed = state.requests.filter((request) => request.status === 'done').reverse()
  const openSeqs = new Set(open.map((request) => request.seq))
  const processes = [...state.processes.values()]
  const running = processes.filter((process) => process.endedSeq === null)
  const sections = [
    section('requests', open.map(requestLine), closed.map(requestLine), tokens / 2, 'older requests, done'),
    section(
      'plan',
      (state.plan?.items ?? []).map((item) => `- [${MARKS[item.status]}] ${oneLine(item.text)}`),
      [],
      0,
      '',
    ),
    section(
      'tests',
      [],
      lazily([...state.tests.values()].reverse(), (test) => testLine(state, test)),
      tokens,
      'older checks',
    ),
    section(
      'files',
      [],
      lazily([...state.files.values()].sort(byRecency), (file) => fileLine(state, file, disk)),
      tokens,
      'older files; read them again before use',
    ),
    section(
      'processes',
      running.map(processLine),
      processes
        .filter((process) => process.endedSeq !== null)
        .reverse()
        .slice(0, 5)
        .map(processLine),
      300,
      '',
    ),
    section(
      'skills',
      [...state.skills.values()].map((skill) => `- ${skill.name} (loaded at seq ${skill.seq})`),
      [],
      0,
      '',
    ),
    section(
      'images',
      state.images
        .filter((image) => openSeqs.has(image.request))
        .map((image) => `- b:${image.sha256.slice(0, 12)} ${image.mime}, request seq ${image.request}`),
      [],
      0,
      '',
    ),
    section(
      'environment',
      [],
      [...state.environment]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, value]) => `- ${name}: ${oneLine(JSON.stringify(value)).slice(0, 300)}`),
      tokens / 4,
      'more facts',
    ),
  ].filter((part) => part !== null)
  return { text: sections.map((part) => `${HEADINGS[part.kind]}:\n${part.text}`).join(''), sections }
}

const MARKS = { pending: ' ', active: '>', done: 'x', dropped: '-' } as const

/** `pinned` lines are always there, `rest` as far as the tokens go. `rest` may be lazy: lines not shown are never made. */
function section(
  kind: RegistrySection['kind'],
  pinned: readonly string[],
  rest: Iterable<string> & { length: number },
  tokens: number,
  more: string,
): RegistrySection | null {
  const lines = [...pinned]
  let [spent, taken] = [0, 0]
  for (const text of rest) {
    spent += estimateTokens(text) + 1
    if (spent > tokens) break
    lines.push(text)
    taken++
  }
  const omitted = rest.length - taken
  if (omitted > 0 && lines.length > 0) lines.push(`- … ${omitted} ${more === '' ? 'more' : more}`)
  return lines.length === 0 ? null : { kind, text: `${lines.join('\n')}\n`, omitted }
}

function lazily<T>(items: readonly T[], text: (item: T) => string): Iterable<string> & { length: number } {
  return {
    length: items.length,
    *[Symbol.iterator]() {
      for (const item of items) yield text(item)
    },
  }
}

function byRecency(a: FileState, b: FileState): number {
  return b.lastSeq - a.lastSeq || (a.path < b.path ? -1 : 1)
}

function requestLine(request: Registries['requests'][number]): string {
  const state = request.status === 'open' ? 'OPEN' : `done (${request.closedAs}, seq ${request.closedBy})`
  const attached = request.attachments === 0 ? '' : `, ${request.attachments} attached`
  return `- seq ${request.seq}, turn ${request.turn}${attached}: ${state}: ${oneLine(request.preview)}`
}

function fileLine(state: Registries, file: FileState, disk: Disk): string {
  const now = disk(file.path)
  const seen = file.seen.at(-1)
  const ranges = file.seen.flatMap((view) => (view.range ? [`${view.range[0]}-${view.range[1]}`] : []))
  const read = seen
    ? `${ranges.length > 0 && file.seen[0]?.range ? `lines ${ranges.join(', ')} ` : ''}known at seq ${seen.seq}`
    : 'content not seen'
  const last = file.wrote.at(-1)
  const wrote =
    last === undefined
      ? ''
      : `, written at seq ${last}${file.wrote.length > 1 ? ` (${file.wrote.length} times)` : ''}`
  const exports =
    file.outline.length > 0 && now?.sha256 === file.hash
      ? `; exports ${file.outline.slice(0, 12).join(', ')}`
      : ''
  return `- ${file.path} ${short(now?.sha256 ?? file.hash)}: ${read}${wrote}; ${freshness(state, file, seen?.hash, now)}${exports}`
}

function freshness(
  state: Registries,
  file: FileState,
  seen: string | null | undefined,
  now: ReturnType<Disk>,
): string {
  if (!now)
    return file.hash === null
      ? 'deleted'
      : `HISTORICAL: absent or unreadable on disk now${dirty(state, file)}`
  if (seen === undefined) return 'never read'
  if (now.sha256 === seen) return 'same on disk'
  return `HISTORICAL: changed on disk since${dirty(state, file)}; read it again before editing`
}

function dirty(state: Registries, file: FileState): string {
  const since = dirtySince(state, file)
  return since === null ? '' : `, perhaps by the command at seq ${since}`
}

function testLine(state: Registries, test: TestState): string {
  const { result } = test
  const counts =
    result.failed === null && result.passed === null
      ? ''
      : ` ${result.failed ?? '?'} failed, ${result.passed ?? '?'} passed`
  const since = staleSince(state, test)
  const stale = since === null ? '' : `; STALE: the tree changed at seq ${since}`
  const again = test.repeats > 1 ? `; same failure ${test.repeats} times in a row` : ''
  const ids = result.failures.slice(0, 10).map((failure) => `\n  - ${oneLine(failure.id)}`)
  const rest = result.failures.length > 10 ? `\n  - … ${result.failures.length - 10} more` : ''
  return `- ${oneLine(test.command)}: ${test.last.toUpperCase()}${counts} (seq ${test.seq}, tree ${short(test.tree)}${stale}${again})${ids.join('')}${rest}`
}

function processLine(process: ProcessState): string {
  const state =
    process.endedSeq === null
      ? `RUNNING, pid ${process.pid}`
      : `ended at seq ${process.endedSeq}, ${process.signal ?? `exit ${process.exit}`}`
  return `- ${process.id}: ${state}: ${oneLine(process.command).slice(0, 200)}`
}

function short(hash: string | null): string {
  return hash === null ? 'absent' : `@${hash.slice(0, 12)}`
}

function oneLine(text: string): string {
  return text.replace(/\s*[\n\r\u2028\u2029]\s*/g, ' ')
}
