import { parse } from '@ast-grep/napi'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { UnitSource } from '../define/campaign.ts'
import { CampaignError } from '../errors.ts'
import { gitNames } from '../git/git.ts'
import { safeGit } from '@cairn/guard'
import type { Shell } from '../unit/shell.ts'
import { readImportGraph, type ImportGraph } from './import-graph.ts'
import { matchFiles } from './match-files.ts'
import type { Unit } from './order-units.ts'
import { languageNamed, languageOfFile } from './source-language.ts'

const TIMEOUT_MS = 600_000

export interface WorkList {
  units: Omit<Unit, 'after'>[]
  /** All tracked files. */
  files: string[]
}

const ofFile = (file: string) => ({ id: file, files: [file] })

/** Makes the work-list in a checkout of the base commit. Throws `CampaignError` `bad-campaign` where it cannot be made. */
export async function listUnits(source: UnitSource, root: string, shell: Shell): Promise<WorkList> {
  const files = await gitNames(root, ['ls-files', '-z'])
  const within = (from: { glob: string[]; exclude: string[] }) => matchFiles(files, from.glob, from.exclude)
  const found = async (): Promise<Omit<Unit, 'after'>[]> => {
    switch (source.kind) {
      case 'glob':
        return within(source).map(ofFile)
      case 'command':
        return fromCommand(source.command, new Set(files), shell)
      case 'regex':
        return fromRegex(source.regex, within(source), root)
      case 'pattern':
        return fromPattern(source, within(source), root).map(ofFile)
      case 'importers':
        return importersOf(source, readImportGraph(root, files), new Set(within(source))).map(ofFile)
    }
  }
  return { units: await found(), files }
}

async function fromCommand(
  command: string,
  files: ReadonlySet<string>,
  shell: Shell,
): Promise<Omit<Unit, 'after'>[]> {
  const result = await shell.run(command, { timeoutMs: TIMEOUT_MS })
  if (!result.ok)
    throw new CampaignError(
      'bad-campaign',
      `units.command failed with exit code ${result.exit ?? 'none'}: ${result.output.slice(-500)}`,
      'It runs in the sandbox, in a checkout of the base commit. Correct it and start again.',
    )
  const lines = result.whole.split('\n').map((line) => line.trim())
  return [...new Set(lines.filter(Boolean))].map((line) => {
    const file = line.replace(/^\.\//u, '')
    return files.has(file) ? ofFile(file) : { id: line, files: [] }
  })
}

async function fromRegex(
  regex: string,
  files: readonly string[],
  root: string,
): Promise<Omit<Unit, 'after'>[]> {
  const { code, stdout, stderr } = await safeGit(
    ['grep', '-l', '-z', '-I', '--cached', '--perl-regexp', '-e', regex],
    { cwd: root },
  )
  if (code > 1)
    throw new CampaignError(
      'bad-campaign',
      `units.query.regex cannot be searched for: ${stderr.trim()}`,
      'Give a Perl-compatible regular expression.',
    )
  const hits = new Set(stdout.toString('utf8').split('\0').filter(Boolean))
  return files.filter((file) => hits.has(file)).map(ofFile)
}

function fromPattern(
  source: Extract<UnitSource, { kind: 'pattern' }>,
  files: readonly string[],
  root: string,
): string[] {
  const named = source.language === null ? null : languageNamed(source.language)
  if (source.language !== null && named === null)
    throw new CampaignError(
      'bad-campaign',
      `units.query.language: ${source.language} is not known`,
      'Known: javascript, typescript, jsx, tsx, html, css.',
    )
  return files.filter((file) => {
    const language = languageOfFile(file)
    if (language === null || (named !== null && language !== named)) return false
    return (
      parse(language, readFileSync(join(root, file), 'utf8'))
        .root()
        .find(source.pattern) !== null
    )
  })
}

function importersOf(
  source: Extract<UnitSource, { kind: 'importers' }>,
  graph: ImportGraph,
  within: ReadonlySet<string>,
): string[] {
  const { symbol } = source
  const start = source.of.replace(/^\.\//u, '')
  const reached = new Set([start])
  const found = new Set<string>()
  for (let grew = true; grew;) {
    grew = false
    for (const [file, edges] of graph) {
      if (found.has(file)) continue
      const hit = edges.some(
        ({ to, names }) => reached.has(to) && (symbol === null || names === null || names.includes(symbol)),
      )
      if (!hit) continue
      found.add(file)
      if (source.transitive) {
        reached.add(file)
        grew = true
      }
    }
  }
  return [...graph.keys()].filter((file) => found.has(file) && within.has(file))
}
