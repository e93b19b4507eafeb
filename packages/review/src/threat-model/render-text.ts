import type { Evidence, ThreatModel } from './threat-model.ts'

const MARKS = { open: '✗', answered: '✓', unknown: '?' } as const
const SHOWN = 4
const places = (at: readonly Evidence[]) =>
  at
    .slice(0, SHOWN)
    .map(({ file, line }) => `${file}:${line}`)
    .join(', ') + (at.length > SHOWN ? ', …' : '')

/** A threat model for a terminal: what is open first, the rest in numbers. */
export function renderText(model: ThreatModel): string {
  const { assets, entryPoints, peers, boundaries, threats, questions } = model
  const unasked = entryPoints.filter(({ authenticated }) => authenticated === false).length
  const lines = [
    `Threat model of ${model.name}, a draft from ${model.files} files`,
    '',
    `assets    ${assets.map(({ name }) => name).join(', ') || 'none found'}`,
    `ways in   ${entryPoints.length}${unasked > 0 ? `, ${unasked} of them ask nobody who they are` : ''}`,
    `uses      ${peers.map(({ name, hosts }) => (hosts.length === 0 ? name : `${name} (${hosts.join(', ')})`)).join(', ') || 'nothing beyond itself'}`,
  ]
  for (const { id, from, to } of boundaries) {
    lines.push('', `${id} From ${from} to ${to}`)
    for (const threat of threats.filter(({ boundary }) => boundary === id)) {
      lines.push(`  ${MARKS[threat.state]} ${threat.id} ${threat.class}: ${threat.abuse}`)
      for (const { text, at } of threat.open) lines.push(`      open: ${text} (${places(at)})`)
      if (threat.state === 'answered')
        lines.push(
          `      in place: ${threat.controls.map(({ text }) => text.split(':')[0] ?? '').join('; ')}`,
        )
    }
  }
  if (questions.length > 0) lines.push('', 'Questions for the team', ...questions.map((one) => `  ${one}`))
  if (model.notAnalysed.length > 0) lines.push('', `not analysed: ${model.notAnalysed.join(', ')}`)
  return `${lines.join('\n')}\n`
}
