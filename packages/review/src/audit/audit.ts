import { createRedactor } from '@cairn/guard'
import { buildFindings, type PlainHit } from './build-findings.ts'
import { findHits } from './engine/create-engine.ts'
import type { Hit } from './engine/machine.ts'
import { createProgram, type Program } from './engine/program.ts'
import type { InputFile } from './find-source-files.ts'
import type { Finding } from './finding.ts'
import type { SourceFile } from './ir/ir.ts'
import { parseJavaScript } from './javascript/parse-javascript.ts'
import { scriptsOf } from './javascript/scripts-of.ts'
import { loadPython } from './python/parse-python.ts'
import { findRedos } from './regex/find-redos.ts'
import { findSecretsInText } from './rules/find-secrets-in-text.ts'
import { checkText } from './rules/text-rules.ts'
import { findStructure } from './structure/find-structure.ts'
import { findUnseenTemplates } from './templates/find-unseen-templates.ts'
import { readTemplate } from './templates/read-template.ts'
import { applySuppressions } from './suppressions.ts'

export interface AuditResult {
  findings: Finding[]
  /** Files that could not be parsed. */
  unparsed: string[]
  /** Files of which not all functions were followed, because they took too long. */
  shortened: string[]
  files: number
  lines: number
}

const aliasesOf = (files: readonly InputFile[]): Map<string, string> => {
  const aliases = new Map<string, string>([
    ['@/', files.some((file) => file.path.startsWith('src/')) ? 'src/' : ''],
    ['~/', files.some((file) => file.path.startsWith('src/')) ? 'src/' : ''],
  ])
  for (const file of files) {
    if (!/(?:^|\/)(?:tsconfig|jsconfig)[\w.]*\.json$/.test(file.path)) continue
    const folder = file.path.slice(0, file.path.lastIndexOf('/') + 1)
    const base = /"baseUrl"\s*:\s*"([^"]*)"/.exec(file.text)?.[1] ?? '.'
    for (const [, from = '', to = ''] of file.text.matchAll(/"([^"*]+)\*"\s*:\s*\[\s*"([^"*]*)\*"/g))
      aliases.set(from, `${folder}${base}/${to}`.replaceAll('/./', '/').replace(/^\.\//, ''))
  }
  return aliases
}

const testFile =
  /(?:^|\/)(?:__tests__|tests?|spec|fixtures|testing|e2e)\/|\.(?:test|spec)\.[cm]?[jt]sx?$|(?:^|\/)(?:test_[^/]*|conftest)\.py$/

const findProgramHits = (program: Program): { hits: Hit[]; shortened: string[] } => {
  const { hits, shortened } = findHits(program)
  return { hits: [...hits, ...findStructure(program), ...findUnseenTemplates(program)], shortened }
}

interface AuditOptions {
  /** YYYY-MM-DD, what the end of suppressions is compared with. */
  today: string
  /** Also files of tests. */
  tests?: boolean
}

/** Audits files. */
export async function auditFiles(files: readonly InputFile[], options: AuditOptions): Promise<AuditResult> {
  const { program: _program, ...result } = await auditProgram(files, options)
  return result
}

/** The same, with the program that was looked at. */
export async function auditProgram(
  files: readonly InputFile[],
  options: AuditOptions,
): Promise<AuditResult & { program: Program }> {
  const sources: SourceFile[] = []
  const unparsed: string[] = []
  const plain: PlainHit[] = []
  const redactor = createRedactor({ registered: [], env: {}, salt: new Uint8Array(16) })
  const chosen = files.filter((file) => options.tests === true || !testFile.test(file.path))
  const python = chosen.some((file) => file.path.endsWith('.py')) ? await loadPython() : null
  for (const { path, text } of chosen) {
    const source = path.endsWith('.py')
      ? (python?.(path, text) ?? null)
      : /\.[cm]?[jt]sx?$/.test(path)
        ? parseJavaScript(path, text)
        : scriptsOf(path, text)
    if (source === null) unparsed.push(path)
    else if (source !== undefined) {
      sources.push(source)
      plain.push(...findRedos(source))
    }
    plain.push(...checkText(path, text), ...findSecretsInText(path, text, redactor))
  }
  const templates = chosen.flatMap(({ path, text }) => readTemplate(path, text) ?? [])
  const program = createProgram(sources, aliasesOf(files), templates)
  const texts = new Map(chosen.map((file) => [file.path, file.text]))
  const { hits, shortened } = findProgramHits(program)
  const findings = buildFindings(program, hits, plain)
  return {
    program,
    findings: applySuppressions(findings, (file) => texts.get(file) ?? null, options.today),
    unparsed,
    shortened,
    files: chosen.length,
    lines: chosen.reduce((sum, file) => sum + file.text.split('\n').length, 0),
  }
}
