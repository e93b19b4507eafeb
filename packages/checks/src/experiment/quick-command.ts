import { readFileSync } from 'node:fs'
import { join, normalize } from 'node:path'
import type { Runner } from '../parse/parsed-output.ts'

/** The body of the npm script that a command starts, if it starts one and nothing else; else the command itself. */
export function scriptBody(command: string, root: string): string | null {
  const name = /^(?:npm|pnpm|yarn)(?: run)? ([\w:.-]+)(?: --silent)?$/.exec(command.trim())?.[1]
  if (name === undefined) return /^(?:npm|pnpm|yarn)\b/.test(command) ? null : command.trim()
  try {
    const parsed: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const scripts =
      typeof parsed === 'object' && parsed !== null && 'scripts' in parsed ? parsed.scripts : null
    if (typeof scripts !== 'object' || scripts === null) return null
    const table = new Map(Object.entries(scripts))
    const body: unknown = table.get(name === 't' ? 'test' : name)
    // Hooks belong to the check: without npm they would not run.
    return typeof body === 'string' && !table.has(`pre${name}`) && !table.has(`post${name}`)
      ? body.trim()
      : null
  } catch {
    return null
  }
}

/** Printed after a test file that failed, where several run one after the other. */
export const crashMark = '# failed file '

export const quote = (path: string): string =>
  /^[\w./@+-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`

/** Options of `node` that choose how tests are found or reported; a run of one file has its own. */
const runnerOption =
  /^--(?:test|test-reporter.*|test-concurrency.*|test-isolation.*|watch|experimental-test-coverage|test-coverage.*|test-shard.*)$/

/**
 * A cheaper command that runs only some test files of a check: without npm, and for `node --test` without its parent
 * process. Null where the check cannot be taken apart. What passes is verified by the whole check afterwards.
 */
export function quickCommand(
  command: string,
  root: string,
  runner: Runner,
  files: readonly string[],
): string | null {
  const body = scriptBody(command, root)
  if (body === null) return null
  const bin = join('node_modules', '.bin')
  const prefix = `PATH="$PWD/${bin}:$PATH" `
  if (/[;&|<>`$(){}]/.test(body)) return null
  const words = body.split(/\s+/)
  const tool = words[0] === 'npx' ? words[1] : words[0]
  if (runner === 'node' && tool === 'node') {
    if (!words.includes('--test')) return body
    const options = nodeOptions(words.slice(1))
    if (files.length === 0 || options === null) return null
    const run = (file: string): string => ['node', ...options, '--test-reporter=tap', quote(file)].join(' ')
    return files.length === 1
      ? run(files[0] ?? '')
      : files
          .map((file) => `{ ${run(file)} || { bad=1; echo; echo ${quote(crashMark + file)}; }; }`)
          .join('; ') + '; exit ${bad:-0}'
  }
  if (files.length > 0 && (tool === 'vitest' || tool === 'jest'))
    return prefix + [body, ...files.map(quote)].join(' ')
  return prefix + body
}

/** Files that the words of a check name, as `check.js` in `node check.js`; an npm script counts by its body. */
export function namedFiles(command: string, root: string): string[] {
  const words = (scriptBody(command, root) ?? command).split(/[\s;&|]+/)
  return words.filter((word) => /\.[cm]?[jt]sx?$/.test(word)).map((word) => normalize(word))
}

/** `node` with the options that the test files of a `node --test` check need; null where it is another check. */
export function nodeCommand(command: string, root: string): string | null {
  const body = scriptBody(command, root)
  if (body === null || /[;&|<>`$(){}]/.test(body)) return null
  const words = body.split(/\s+/)
  const options = words[0] === 'node' && words.includes('--test') ? nodeOptions(words.slice(1)) : null
  return options === null ? null : ['node', ...options].join(' ')
}

/** Options that the test files themselves need; null where one takes its value as a separate word we do not know. */
export function nodeOptions(words: readonly string[]): string[] | null {
  const kept: string[] = []
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    if (/^(?:--import|--require|-r|--loader|--experimental-loader|--conditions|-C|--env-file)$/.test(word)) {
      kept.push(word, words[++index] ?? '')
    } else if (
      /^--test-(?:reporter|reporter-destination|concurrency|name-pattern|skip-pattern|timeout|shard)$/.test(
        word,
      )
    )
      index++
    else if (word.startsWith('-')) {
      if (!runnerOption.test(word) && !/^--test-(?:name-pattern|skip-pattern|timeout)=/.test(word))
        kept.push(word)
    }
  }
  return kept
}
