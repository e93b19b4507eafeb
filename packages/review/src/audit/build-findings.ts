import { createHash } from 'node:crypto'
import type { Hit } from './engine/machine.ts'
import type { Program } from './engine/program.ts'
import type { Step } from './engine/value.ts'
import type { Finding, FlowStep, Place } from './finding.ts'
import { rules } from './models/rules.ts'

/** A defect seen by a rule that needs no data flow. */
export interface PlainHit {
  rule: string
  file: string
  line: number
  column: number
  snippet: string
  detail?: string
}

function place(program: Program, file: string, at: number): Place {
  const text = program.text(file)
  return { file, line: program.line(file, at), column: at - text.lastIndexOf('\n', at - 1) }
}

function snippetAt(program: Program, file: string, at: number): string {
  const text = program.text(file)
  const end = text.indexOf('\n', at)
  return text
    .slice(text.lastIndexOf('\n', at - 1) + 1, end === -1 ? text.length : end)
    .trim()
    .slice(0, 300)
}

function flowOf(program: Program, last: Step): FlowStep[] {
  const steps: FlowStep[] = []
  for (let step: Step | null = last; step !== null && steps.length < 40; step = step.before)
    steps.push({ ...place(program, step.file, step.at), what: step.what })
  return steps.reverse()
}

/** Turns what the engine and the plain rules saw into findings, one for each place and rule, in order of place. */
export function buildFindings(program: Program, hits: readonly Hit[], plain: readonly PlainHit[]): Finding[] {
  const found = new Map<string, Finding>()
  for (const hit of hits) {
    const rule = rules.get(hit.rule)
    if (rule === undefined) continue
    const where = place(program, hit.file, hit.at)
    const key = `${hit.rule}:${where.file}:${where.line}`
    const confidence = hit.taint === null ? 'high' : hit.taint.source.category === 'param' ? 'medium' : 'high'
    const known = found.get(key)
    if (known !== undefined && (known.confidence === 'high' || confidence !== 'high')) continue
    const from =
      hit.taint === null
        ? ''
        : `; it comes from ${hit.taint.source.label} (${hit.taint.source.file}:${program.line(hit.taint.source.file, hit.taint.source.at)})`
    found.set(key, {
      rule: rule.id,
      cwe: rule.cwe,
      ...(rule.related === undefined ? {} : { related: rule.related }),
      severity: rule.severity,
      confidence,
      title: rule.title,
      message: `${rule.title}: ${hit.sink}${from}.`,
      fix: rule.fix,
      place: where,
      snippet: snippetAt(program, hit.file, hit.at),
      flow:
        hit.taint === null
          ? []
          : [...flowOf(program, hit.taint.last), { ...where, what: `reaches ${hit.sink}` }],
      fingerprint: '',
    })
  }
  for (const hit of plain) {
    const rule = rules.get(hit.rule)
    const key = `${hit.rule}:${hit.file}:${hit.line}`
    if (rule === undefined || found.has(key)) continue
    found.set(key, {
      rule: rule.id,
      cwe: rule.cwe,
      ...(rule.related === undefined ? {} : { related: rule.related }),
      severity: rule.severity,
      confidence: 'high',
      title: rule.title,
      message: `${rule.title}${hit.detail === undefined ? '' : `: ${hit.detail}`}.`,
      fix: rule.fix,
      place: { file: hit.file, line: hit.line, column: hit.column },
      snippet: hit.snippet.trim().slice(0, 300),
      flow: [],
      fingerprint: '',
    })
  }
  const list = [...found.values()].toSorted(
    (a, b) =>
      (a.place.file < b.place.file ? -1 : a.place.file > b.place.file ? 1 : 0) ||
      a.place.line - b.place.line ||
      (a.rule < b.rule ? -1 : 1),
  )
  const counts = new Map<string, number>()
  for (const one of list) {
    const base = `${one.rule}\n${one.place.file}\n${one.snippet.replace(/\s+/g, ' ')}`
    const nth = counts.get(base) ?? 0
    counts.set(base, nth + 1)
    one.fingerprint = createHash('sha256').update(`${base}\n${nth}`).digest('hex').slice(0, 32)
  }
  return list
}
