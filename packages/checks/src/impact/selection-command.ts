import { posix } from 'node:path'
import { nodeOptions, quote, scriptBody } from '../experiment/quick-command.ts'

const LOCAL = 'PATH="$PWD/node_modules/.bin:$PATH" '
const STARTERS = /^(?:npx|bunx|exec|run|uv|poetry|pipenv|pdm|hatch)$/
/** Options of mocha that stand before a word of their own. */
const MOCHA_VALUE =
  /^(?:-[rRtugf]|--(?:require|reporter|timeout|ui|grep|fgrep|config|package|extension|ignore|import|loader|retries|slow|jobs|file))$/

/**
 * The command that runs only some test files of a check with the same runner and options; thresholds of coverage are off, as part of a
 * suite cannot meet them. Null where the runner is another one, or the command does more than one thing that could be meant.
 *
 * @param command the check, for example `npm test`
 * @param root folder of its `package.json`
 * @param files test files by path from `root`; not empty
 */
export function selectionCommand(command: string, root: string, files: readonly string[]): string | null {
  const body = scriptBody(command, root)
  if (body === null || files.length === 0 || /[|<>`$(){}]|;/.test(body.replaceAll('&&', ''))) return null
  const runs = body
    .split('&&')
    .map((part) => partCommand(part.trim(), files))
    .filter((run) => run !== null)
  return runs.length === 1 ? (runs[0] ?? null) : null
}

function partCommand(body: string, files: readonly string[]): string | null {
  const words = body.split(/\s+/)
  const lead: string[] = []
  while (/^\w+=\S*$/.test(words[0] ?? '') || STARTERS.test(words[0] ?? '')) lead.push(words.shift() ?? '')
  const named = files.map(quote)
  const [tool = '', ...rest] = words
  const join = (...parts: readonly string[]) => LOCAL + [...lead, ...parts].join(' ')
  const covered = /(?:^|\s)--coverage/.test(body)
  if (tool === 'vitest') {
    if (rest.some((word) => !word.startsWith('-') && !/^(?:run|watch|dev)$/.test(word))) return null
    const options = rest.filter((word) => word.startsWith('-') && word !== '--watch' && word !== '-w')
    return join('vitest', 'run', ...options, ...(covered ? ['--coverage.enabled=false'] : []), ...named)
  }
  if (tool === 'jest') {
    if (rest.some((word) => !word.startsWith('-') || /^--(?:watch|onlyChanged)/.test(word))) return null
    return join('jest', ...rest, ...(covered ? ['--coverage=false'] : []), '--runTestsByPath', ...named)
  }
  if (tool === 'mocha') {
    const options: string[] = []
    for (let at = 0; at < rest.length; at++) {
      const word = rest[at] ?? ''
      if (!word.startsWith('-')) continue
      options.push(word)
      if (MOCHA_VALUE.test(word)) options.push(rest[++at] ?? '')
    }
    return join('mocha', '--no-config', ...options, ...named)
  }
  if (tool === 'node' && rest.includes('--test')) {
    const options = nodeOptions(rest)
    return options === null ? null : [...lead, 'node', ...options, '--test', ...named].join(' ')
  }
  const pytest = /^python[\d.]*$/.test(tool) && rest[0] === '-m' && rest[1] === 'pytest'
  if (pytest || tool === 'pytest') {
    const own = pytest ? rest.slice(2) : rest
    if (own.some((word) => /^-[kmcpon]$/.test(word))) return null
    const options = own.filter((word) => word.startsWith('-') && !word.startsWith('--cov'))
    return [...lead, ...(pytest ? [tool, '-m', 'pytest'] : [tool]), ...options, ...named].join(' ')
  }
  if (tool === 'go' && rest[0] === 'test' && rest.at(-1) === './...') {
    const folders = [...new Set(files.map((file) => `./${posix.dirname(file)}`.replace(/^\.\/\.$/, '.')))]
    return [...lead, 'go', ...rest.slice(0, -1), ...folders.map(quote)].join(' ')
  }
  return null
}
