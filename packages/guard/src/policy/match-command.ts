import { isEvaluating, isWrapper } from '../shell/launchers.ts'
import type { SimpleCommand } from '../shell/analysis.ts'
import { matchWord } from './match-pattern.ts'

type Argv = readonly (string | null)[]

const base = (name: string): string => name.slice(name.lastIndexOf('/') + 1)

/** Options of git before its command, which must not hide what the command is. */
function withoutGlobalOptions(argv: Argv): Argv {
  if (argv[0] !== 'git') return argv
  let at = 1
  while (at < argv.length && argv[at]?.startsWith('-') === true)
    at += /^(?:-c|-C|--git-dir|--work-tree|--namespace|--config-env|--exec-path)$/u.test(argv[at] ?? '')
      ? 2
      : 1
  return ['git', ...argv.slice(at)]
}

/** What a command may stand for: itself by its plain name, and what it starts where it starts another. */
export function readings(command: SimpleCommand): Argv[] {
  const all: Argv[] = []
  const add = (argv: Argv) => {
    const [name, ...rest] = argv
    if (name === undefined || name === null) return
    all.push(withoutGlobalOptions([base(name), ...rest]))
    if (!isWrapper(name) && !isEvaluating(name) && base(name) !== 'find') return
    for (let at = 1; at < Math.min(argv.length, 16); at++) {
      const inner = argv[at]
      if (inner !== null && inner !== undefined && !inner.startsWith('-'))
        all.push(withoutGlobalOptions([base(inner), ...argv.slice(at + 1)]))
    }
  }
  add(command.argv)
  return all
}

const split = new Map<string, readonly string[]>()

function wordsOf(pattern: string): readonly string[] {
  const known = split.get(pattern)
  if (known !== undefined) return known
  const words = pattern.trim().split(/\s+/u)
  if (split.size > 10_000) split.clear()
  split.set(pattern, words)
  return words
}

/** Whether an argument list fits a pattern such as `git push ... --force` or `npm run * ...`. */
export function matchArgv(pattern: string, argv: Argv, how: 'beginning' | 'whole'): boolean {
  const words = wordsOf(pattern)
  const fits = (word: string, actual: string | null | undefined) =>
    actual === null || actual === undefined ? word === '*' && how === 'beginning' : matchWord(word, actual)
  const [first = '', name] = [words[0], argv[0]]
  // Nearly every pattern ends here.
  if (first !== '...' && !first.includes('*') && first !== name) return false
  /** Places in `argv` up to which the pattern may have got. */
  let places = new Set([0])
  for (const word of words) {
    const next = new Set<number>()
    for (const at of places) {
      if (word === '...') for (let later = at; later <= argv.length; later++) next.add(later)
      else if (at < argv.length && fits(word, argv[at])) next.add(at + 1)
    }
    places = next
  }
  return how === 'beginning' ? places.size > 0 : places.has(argv.length)
}

/** Whether a pattern allows a command: all of it fits, and what is risky about it stands in the pattern word for word. */
export function allowsCommand(pattern: string, command: SimpleCommand): boolean {
  if (!matchArgv(pattern, command.argv, 'whole')) return false
  const words = wordsOf(pattern)
  const open = words.findIndex((word) => word === '...' || word.includes('*'))
  const literal = open < 0 ? words : words.slice(0, open)
  // `env ...` would allow anything, `npx vitest ...` does not.
  return command.risks.every(
    ({ doubt, word }) => literal.includes(word) && (doubt === 'path' || open < 0 || literal.length > 1),
  )
}
