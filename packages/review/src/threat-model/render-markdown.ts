import type { Evidence, Statement, ThreatModel } from './threat-model.ts'

const SHOWN = 5
const place = ({ file, line }: Evidence) => `${file}:${line}`
const places = (at: readonly Evidence[]) =>
  at.slice(0, SHOWN).map(place).join(', ') + (at.length > SHOWN ? `, … ${at.length - SHOWN} more` : '')
const cell = (text: string) => text.replaceAll('|', '\\|').replace(/\s+/g, ' ')
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  rows.length === 0
    ? '_none found_'
    : [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n')
const label = (text: string) => `"${text.replaceAll('"', "'")}"`

/** Arrows of the data-flow diagram: who, to whom, with what. */
function diagram({ boundaries, entryPoints, peers }: ThreatModel): string {
  const lines = ['```mermaid', 'flowchart LR', '  program[the program]']
  for (const { id, from, to, crossing } of boundaries) {
    if (to === 'the program') {
      const kinds = [
        ...new Set(entryPoints.filter((one) => crossing.includes(one.id)).map(({ kind }) => kind)),
      ]
      lines.push(
        `  ${id}([${label(from)}]) -- ${label(`${crossing.length} × ${kinds.join(', ')}`)} --> program`,
      )
    } else
      for (const peer of peers.filter((one) => crossing.includes(one.id))) {
        const shape = ['database', 'cache', 'object store'].includes(peer.kind) ? ['[(', ')]'] : ['[', ']']
        lines.push(`  program -- ${id} --> ${peer.id}${shape[0]}${label(peer.name)}${shape[1]}`)
      }
  }
  return [...lines, '```'].join('\n')
}

const statements = (title: string, list: readonly Statement[]) =>
  list.length === 0 ? [] : [`${title}:`, ...list.map(({ text, at }) => `- ${text} (${places(at)})`), '']

/** A threat model as Markdown, with a Mermaid diagram. */
export function renderMarkdown(model: ThreatModel): string {
  const open = model.threats.filter(({ state }) => state === 'open').length
  return [
    `# Threat model of ${model.name}`,
    '',
    `A draft from ${model.files} files: ${model.entryPoints.length} ways in, ${model.boundaries.length} boundaries, ${model.threats.length} abuse cases, ${open} of them open. Everything here was found in the code; correct what it could not know.`,
    '',
    diagram(model),
    '',
    '## Assets',
    '',
    table(
      ['kind', 'what', 'where'],
      model.assets.map(({ kind, name, at }) => [kind, name, places(at)]),
    ),
    '',
    '## Ways in',
    '',
    table(
      ['', 'kind', 'what', 'asks who is there', 'in front of it', 'where'],
      model.entryPoints.map(({ id, kind, name, authenticated, guards, at }) => [
        id,
        kind,
        name,
        authenticated === null ? '–' : authenticated ? 'yes' : 'no',
        guards.slice(0, 4).join(', '),
        place(at),
      ]),
    ),
    '',
    '## What it uses',
    '',
    table(
      ['', 'kind', 'what', 'hosts', 'where'],
      model.peers.map(({ id, kind, name, hosts, at }) => [id, kind, name, hosts.join(', '), places(at)]),
    ),
    '',
    '## Abuse cases',
    '',
    ...model.boundaries.flatMap(({ id, from, to, crossing }) => [
      `### ${id} From ${from} to ${to}`,
      '',
      `Crossed by ${crossing.slice(0, 12).join(', ')}${crossing.length > 12 ? ', …' : ''}.`,
      '',
      ...model.threats
        .filter(({ boundary }) => boundary === id)
        .flatMap((threat) => [
          `**${threat.id} ${threat.class}: ${threat.abuse}** (${threat.state})`,
          '',
          ...statements('Open', threat.open),
          ...statements('In place', threat.controls),
        ]),
    ]),
    '## Questions for the team',
    '',
    ...(model.questions.length === 0 ? ['_none_'] : model.questions.map((one) => `- ${one}`)),
    ...(model.notAnalysed.length === 0
      ? []
      : ['', '## Not analysed', '', ...model.notAnalysed.map((file) => `- ${file}`)]),
    '',
  ].join('\n')
}
