import type { Evidence, Statement, ThreatModel } from './threat-model.ts'

const escape = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
const place = ({ file, line }: Evidence) => `<code>${escape(`${file}:${line}`)}</code>`
const places = (at: readonly Evidence[]) =>
  at.slice(0, 5).map(place).join(' ') + (at.length > 5 ? ` and ${at.length - 5} more` : '')
const ROW = 46
const WIDTH = 220

/** Boxes in three columns: who comes in, the program, what it uses. */
function diagram({ boundaries, peers, name }: ThreatModel): string {
  const left = boundaries.filter(({ to }) => to === 'the program')
  const height = Math.max(left.length, peers.length, 2) * ROW + 20
  const middle = height / 2
  const box = (x: number, y: number, text: string, kind: string) =>
    `<g class="${kind}"><rect x="${x}" y="${y - 16}" width="${WIDTH}" height="32" rx="6"/><text x="${x + WIDTH / 2}" y="${y + 4}">${escape(text.length > 30 ? `${text.slice(0, 29)}…` : text)}</text></g>`
  const at = (index: number, of: number) => middle + (index - (of - 1) / 2) * ROW
  const arrow = (x1: number, y1: number, x2: number, y2: number, text: string) =>
    `<path d="M${x1} ${y1} C${(x1 + x2) / 2} ${y1} ${(x1 + x2) / 2} ${y2} ${x2} ${y2}" marker-end="url(#tip)"/><text class="on" x="${(x1 + x2) / 2}" y="${(y1 + y2) / 2 - 4}">${text}</text>`
  const owner = new Map(boundaries.flatMap(({ id, crossing }) => crossing.map((one) => [one, id] as const)))
  return `<svg viewBox="0 0 940 ${height}" role="img" aria-label="Data flow"><defs><marker id="tip" markerWidth="8" markerHeight="8" refX="7" refY="4" orient="auto"><path d="M0 0L8 4L0 8z" class="tip"/></marker></defs>
${left.map((one, index) => box(0, at(index, left.length), one.from, 'out') + arrow(WIDTH, at(index, left.length), 360, middle, one.id)).join('\n')}
${box(360, middle, name, 'own')}
${peers.map((peer, index) => box(720, at(index, peers.length), peer.name, 'out') + arrow(580, middle, 720, at(index, peers.length), owner.get(peer.id) ?? '')).join('\n')}
</svg>`
}

const rows = (head: readonly string[], body: readonly (readonly string[])[]) =>
  body.length === 0
    ? '<p>none found</p>'
    : `<table><tr>${head.map((one) => `<th>${one}</th>`).join('')}</tr>${body.map((row) => `<tr>${row.map((one) => `<td>${one}</td>`).join('')}</tr>`).join('\n')}</table>`
const list = (title: string, found: readonly Statement[]) =>
  found.length === 0
    ? ''
    : `<h4>${title}</h4><ul>${found.map(({ text, at }) => `<li>${escape(text)} ${places(at)}</li>`).join('')}</ul>`

/** A threat model as one page without scripts. */
export function renderHtml(model: ThreatModel): string {
  const { assets, entryPoints, peers, boundaries, threats, questions } = model
  const open = threats.filter(({ state }) => state === 'open').length
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Threat model of ${escape(model.name)}</title>
<style>
:root { color-scheme: light dark; --line: #8886 }
body { font: 14px/1.5 system-ui, sans-serif; max-width: 75rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
td, th { text-align: left; vertical-align: top; padding: 4px 8px; border-top: 1px solid var(--line); overflow-wrap: anywhere }
svg { width: 100%; max-height: 36rem; margin: 1rem 0 }
svg rect { fill: none; stroke: currentColor; stroke-opacity: .5 } svg .own rect { stroke-width: 2; stroke-opacity: 1 }
svg text { fill: currentColor; font-size: 13px; text-anchor: middle } svg .on { font-size: 11px; opacity: .7 }
svg path { fill: none; stroke: currentColor; stroke-opacity: .4 } svg .tip { fill: currentColor; stroke: none; opacity: .6 }
.case { border-left: 4px solid var(--line); padding: 0 1rem; margin: 1rem 0 }
.open { border-color: #d33 } .answered { border-color: #3a3 } .unknown { border-color: #c90 }
h4 { margin: .6rem 0 .2rem } .case h3 { margin-bottom: .2rem; font-size: 1rem }
code { font-size: 12px; opacity: .8 }
</style></head><body>
<h1>Threat model of ${escape(model.name)}</h1>
<p>A draft from ${model.files} files: ${entryPoints.length} ways in, ${boundaries.length} boundaries, ${threats.length} abuse cases, ${open} of them open. Everything here was found in the code; correct what it could not know.</p>
${diagram(model)}
<h2>Abuse cases</h2>
${boundaries
  .map(
    ({ id, from, to }) =>
      `<h2 id="${id}">${id} From ${escape(from)} to ${escape(to)}</h2>${threats
        .filter(({ boundary }) => boundary === id)
        .map(
          (one) =>
            `<section class="case ${one.state}"><h3>${one.id} ${one.class}: ${escape(one.abuse)} (${one.state})</h3>${list('Open', one.open)}${list('In place', one.controls)}</section>`,
        )
        .join('\n')}`,
  )
  .join('\n')}
<h2>Questions for the team</h2>
${questions.length === 0 ? '<p>none</p>' : `<ul>${questions.map((one) => `<li>${escape(one)}</li>`).join('')}</ul>`}
<h2>Assets</h2>
${rows(
  ['Kind', 'What', 'Where'],
  assets.map(({ kind, name, at }) => [kind, escape(name), places(at)]),
)}
<h2>Ways in</h2>
${rows(
  ['', 'Kind', 'What', 'Asks who is there', 'In front of it', 'Where'],
  entryPoints.map(({ id, kind, name, authenticated, guards, at }) => [
    id,
    kind,
    escape(name),
    authenticated === null ? '–' : authenticated ? 'yes' : 'no',
    escape(guards.slice(0, 4).join(', ')),
    place(at),
  ]),
)}
<h2>What it uses</h2>
${rows(
  ['', 'Kind', 'What', 'Hosts', 'Where'],
  peers.map(({ id, kind, name, hosts, at }) => [
    id,
    kind,
    escape(name),
    escape(hosts.join(', ')),
    places(at),
  ]),
)}
${model.notAnalysed.length === 0 ? '' : `<h2>Not analysed</h2><ul>${model.notAnalysed.map((file) => `<li>${escape(file)}</li>`).join('')}</ul>`}
</body></html>
`
}
