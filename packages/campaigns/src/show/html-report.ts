import {
  countPhases,
  PHASES,
  type CampaignState,
  type UnitPhase,
  type UnitState,
} from '../state/campaign-state.ts'

const COLORS: Record<UnitPhase, string> = {
  merged: '#2e8b57',
  verified: '#7cb894',
  running: '#4a7fc1',
  pending: '#b8bcc4',
  'needs-human': '#d99a2b',
  failed: '#c0473f',
}

const escape = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')

const slug = (unit: UnitState, index: number) => `u${index}-${unit.phase}`

function takeoverOf({ takeover }: UnitState): string {
  if (takeover === null) return ''
  const { worker, events, refused } = takeover
  const how =
    refused === null
      ? `taken over from ${worker} after ${events} events`
      : `begun again: ${worker} was lost, and ${refused}`
  return `<p>${escape(how)}</p>`
}

function row(unit: UnitState, index: number): string {
  const checks = unit.checks
    .map(
      (check) =>
        `<details><summary>${check.ok ? '✓' : '✗'} <code>${escape(check.command)}</code> ${(check.ms / 1_000).toFixed(1)} s</summary><pre>${escape(check.output)}</pre></details>`,
    )
    .join('')
  const cost = unit.costUsd === null ? '' : `$${unit.costUsd.toFixed(4)}`
  return `<tr id="${slug(unit, index)}"><td><span class="dot" style="background:${COLORS[unit.phase]}"></span>${unit.phase}</td><td>${escape(unit.id)}</td><td>${unit.attempt}</td><td>${unit.commit === null ? '' : `<code>${unit.commit.slice(0, 12)}</code>`}</td><td>${checks}${unit.reason === null ? '' : `<p>${escape(unit.reason)}</p>`}${unit.left.map((left) => `<p>left: ${escape(left)}</p>`).join('')}</td><td>${unit.work === null ? '' : `<code>${escape(unit.work)}</code>`}${takeoverOf(unit)}</td><td>${cost}</td></tr>`
}

/** A page that stands alone: no script, nothing loaded from anywhere. */
export function htmlReport(id: string, state: CampaignState): string {
  const units = [...state.units.values()]
  const counts = countPhases(state, new Set())
  const minutes = Math.round((state.updatedAt - state.startedAt) / 6_000) / 10
  const facts: [string, string][] = [
    ['Status', state.finished?.status ?? 'not finished'],
    ...(state.finished?.reason == null ? [] : [['Reason', state.finished.reason] satisfies [string, string]]),
    ['Branch', `${state.branch} at ${state.head.slice(0, 12)}, from ${state.base.slice(0, 12)}`],
    ['Time', `${minutes} min`],
    ['Cost', state.costUsd === null ? 'none, or not known' : `$${state.costUsd.toFixed(2)}`],
    ['Tokens', String(state.tokens)],
    ...PHASES.filter((phase) => counts[phase] > 0).map((phase): [string, string] => [
      phase,
      String(counts[phase]),
    ]),
  ]
  const grid = units
    .map(
      (unit, index) =>
        `<a href="#${slug(unit, index)}" title="${escape(`${unit.id}: ${unit.phase}`)}" style="background:${COLORS[unit.phase]}"></a>`,
    )
    .join('')
  const list = (title: string, items: readonly string[]) =>
    items.length === 0
      ? ''
      : `<h2>${title}</h2><ul>${items.map((item) => `<li>${escape(item)}</li>`).join('')}</ul>`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escape(state.name)}</title>
<style>
:root { color-scheme: light dark }
body { font: 14px/1.5 system-ui, sans-serif; max-width: 75rem; margin: 2rem auto; padding: 0 1rem }
.grid { display: flex; flex-wrap: wrap; gap: 2px; margin: 1rem 0 }
.grid a { width: 10px; height: 10px; border-radius: 2px }
.dot { display: inline-block; width: 10px; height: 10px; border-radius: 5px; margin-right: 6px }
table { border-collapse: collapse; width: 100% }
td, th { text-align: left; vertical-align: top; padding: 4px 8px; border-top: 1px solid #8884 }
pre { white-space: pre-wrap; max-height: 20rem; overflow: auto }
dt { float: left; clear: left; width: 8rem; opacity: .7 }
</style></head><body>
<h1>${escape(state.definition?.goal ?? state.name)}</h1>
<dl>${facts.map(([name, value]) => `<dt>${escape(name)}</dt><dd>${escape(value)}</dd>`).join('')}</dl>
<div class="grid">${grid}</div>
${list('Constraints', state.definition?.constraints ?? [])}
${list(
  'Decided on the way',
  state.entries.map((entry) => `${entry.text} (${entry.type}, ${entry.unit})`),
)}
<h2>Units</h2>
<table><tr><th>State</th><th>Unit</th><th>Attempt</th><th>Commit</th><th>Evidence</th><th>Session</th><th>Cost</th></tr>
${units.map(row).join('\n')}
</table>
<p>Campaign ${escape(id)}</p>
</body></html>
`
}
