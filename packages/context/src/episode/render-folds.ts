import { textTokens } from '../project/tokens.ts'
import { oneLine, shorten } from '../project/shorten.ts'
import type { Episode } from './episode.ts'

/** Bound of one fold. */
export const FOLD_TOKENS = 120

/** One finished episode in short form, with the handles of its ends. */
export function renderFold(episode: Episode): string {
  const { from, to, turn, goal, steps, wrote, read, commands, check, outcome } = episode
  const parts = [`e:${from}–e:${to} (turn ${turn}, ${steps} steps)${goal === '' ? '' : ` ${goal}`}`]
  if (wrote.length > 0) parts.push(`changed ${names(wrote, 6)}`)
  else if (read.length > 0) parts.push(`read ${names(read, 5)}`)
  const worked = commands.filter((command) => command.ok).at(-1)
  const failed = commands.filter((command) => !command.ok).at(-1)
  if (worked) parts.push(`worked: \`${oneLine(worked.text, 80)}\``)
  if (failed) parts.push(`failed: \`${oneLine(failed.text, 80)}\` (e:${failed.seq})`)
  if (check) {
    const ids = check.failures.length > 0 ? `: ${check.failures.join(', ')}` : ''
    parts.push(`check \`${check.command}\` ${check.ok ? 'green' : 'red'}${ids}`)
  }
  if (outcome !== '') parts.push(`said: ${oneLine(outcome, 160)}`)
  return shorten(parts.join('; '), FOLD_TOKENS, '…').replaceAll('\n', ' ')
}

function names(list: readonly string[], max: number): string {
  const shown = list.slice(-max).map((path) => oneLine(path, 60))
  return list.length > max ? `${shown.join(', ')} and ${list.length - max} more` : shown.join(', ')
}

/** Most folds that are even looked at: beyond them only counts are shown. */
const LOOKED_AT = 400

/**
 * Folds in journal order within `budget` tokens: needed ones first, then the newest. What does not fit is one line with
 * the range that recall can read.
 */
export function renderFolds(
  episodes: readonly Episode[],
  needed: ReadonlySet<Episode>,
  budget: number,
): string {
  const recent = episodes.slice(-LOOKED_AT)
  const order = [
    ...recent.filter((episode) => needed.has(episode)).toReversed(),
    ...recent.filter((episode) => !needed.has(episode)).toReversed(),
  ]
  const lines = new Map<Episode, string>()
  let left = budget - 40
  for (const episode of order) {
    const line = renderFold(episode)
    left -= textTokens(line) + 2
    if (left < 0) break
    lines.set(episode, line)
  }
  const shown = recent.flatMap((episode) => {
    const line = lines.get(episode)
    return line === undefined ? [] : [`- ${line}\n`]
  })
  const rest = episodes.length - shown.length
  const first = episodes[0]
  if (rest > 0 && first) {
    const last = recent.findLast((episode) => !lines.has(episode)) ?? first
    shown.unshift(
      `- ${rest} more stretches of work between e:${first.from} and e:${last.to} are not listed: recall with a query, a path or a handle\n`,
    )
  }
  return shown.join('')
}
