import { forEachChild, parse } from 'unbash'
import type { Command, Redirection, SyntaxNode } from 'unbash'
import type { Analysis, Doubt, SimpleCommand } from './analysis.ts'
import type { CrossCheck } from './cross-check.ts'
import { disguise } from './disguise.ts'
import { isEvaluating, isWrapper, launchingOption } from './launchers.ts'
import { staticValue } from './read-word.ts'

/** Longer lines are parsed for refusals only. */
const longest = 8 * 1024
/** Nothing longer is parsed at all. */
const parsed = 256 * 1024
const most = 20

/** Doubts about a program rather than about which programs are run. */
const soft = new Set<Doubt>(['wrapper', 'option', 'path'])

/** Kinds of syntax that do nothing but run what they contain. */
const plain = new Set<SyntaxNode['type']>([
  'Script',
  'Statement',
  'AndOr',
  'Pipeline',
  'Command',
  'Word',
  'Literal',
  'SingleQuoted',
  'DoubleQuoted',
  'Redirect',
  'FileDescriptor',
  'Assignment',
])

/**
 * Reads a shell line without running it. Without `crossCheck` nothing is certain; with it the answer is certain only where
 * a second parser found the same commands. Never throws; bounded in time by the length of what it reads.
 */
export function analyseCommand(line: string, crossCheck: CrossCheck | null = null): Analysis {
  const doubts: Analysis['doubts'] = []
  const doubt = (kind: Doubt, detail: string) => {
    const known = doubts.some((each) => each.doubt === kind && each.detail === detail)
    if (!known && doubts.length < 50) doubts.push({ doubt: kind, detail })
  }
  const hidden = disguise(line)
  if (hidden !== null) doubt('disguised', hidden)
  // What is not printable ASCII is where parsers and shells differ.
  const odd = /[^\t\n -~]/u.exec(line)?.[0]
  if (odd !== undefined) doubt('characters', JSON.stringify(odd))
  if (line.length > longest) doubt('too-long', `${line.length} characters`)
  const commands: SimpleCommand[] = []
  if (line.length > parsed) doubt('parser-failed', 'too long to be read')
  else {
    try {
      collect(parse(line), line, commands, doubt)
    } catch (error) {
      doubt('parser-failed', error instanceof Error ? error.message : String(error))
    }
  }
  if (commands.length > most) doubt('too-many', `${commands.length} commands`)
  if (commands.length === 0) doubt('syntax', 'no command')
  if (doubts.every((each) => soft.has(each.doubt))) {
    if (crossCheck === null) doubt('not-cross-checked', 'one parser only')
    else {
      const difference = crossCheck(line, commands)
      if (difference !== null) doubt('parsers-differ', difference)
    }
  }
  const complete = doubts.every((each) => soft.has(each.doubt))
  return { commands, complete, certain: complete && doubts.length === 0, doubts, disguised: hidden !== null }
}

function collect(
  root: SyntaxNode,
  line: string,
  commands: SimpleCommand[],
  doubt: (kind: Doubt, detail: string) => void,
): void {
  const visit = (node: SyntaxNode): void => {
    if (!plain.has(node.type))
      doubt(
        /Expansion|Glob|Substitution/u.test(node.type) ? 'expansion' : 'construct',
        'text' in node && typeof node.text === 'string' ? node.text.slice(0, 80) : node.type,
      )
    if ('errors' in node && node.errors !== undefined && node.errors.length > 0)
      doubt('syntax', node.errors[0]?.message ?? '')
    if (node.type === 'Pipeline' && node.prefixes.length > 0) doubt('construct', node.prefixes[0]?.type ?? '')
    if (node.type === 'Pipeline' && node.operators.includes('|&')) doubt('construct', '|&')
    if (node.type === 'Statement' && node.background === true) doubt('background', '&')
    if (node.type === 'Word' && /\\/u.test(node.text) && !/^'[^']*'$/u.test(node.text))
      doubt('escape', node.text)
    if (node.type === 'Redirect') doubtRedirect(node, doubt)
    if (node.type === 'Command') {
      const command = readCommand(node, line)
      commands.push(command)
      doubtCommand(node, command, doubt)
    }
    forEachChild(node, visit)
  }
  visit(root)
}

function readCommand(node: Command, line: string): SimpleCommand {
  const words = [...(node.name === undefined ? [] : [node.name]), ...node.args]
  const assignments = node.prefix.filter((each) => each.type === 'Assignment')
  return {
    // A nested script of backticks has a source of its own, which positions refer to.
    text: line.slice(node.pos, node.end),
    argv: words.map((word) => (word.type === 'Word' ? staticValue(word) : word.text)),
    words: words.map((word) => word.text),
    assignments: assignments.map(({ name, value }) => ({
      name,
      value: value.type === 'Word' ? staticValue(value) : null,
    })),
    redirects: node.redirects.map(readRedirect),
    risks: [],
  }
}

function readRedirect(node: Redirection): SimpleCommand['redirects'][number] {
  const fd = node.descriptor?.type === 'FileDescriptor' ? node.descriptor.value : null
  if (node.type === 'HereDoc') return { operator: node.operator, fd, target: null }
  return { operator: node.operator, fd, target: node.target === undefined ? null : staticValue(node.target) }
}

function doubtRedirect(
  node: Extract<Redirection, { type: 'Redirect' }>,
  doubt: (kind: Doubt, detail: string) => void,
): void {
  const target = node.target === undefined ? null : staticValue(node.target)
  const copies = /^[<>]&$/u.test(node.operator) && target !== null && /^[012]$/u.test(target)
  const nothing = /^(?:>|>>|<|&>)$/u.test(node.operator) && target === '/dev/null'
  const known =
    node.descriptor === undefined || (node.descriptor.type === 'FileDescriptor' && node.descriptor.value <= 2)
  if (!known || !(copies || nothing)) doubt('redirect', `${node.operator}${target ?? '…'}`)
}

function doubtCommand(
  node: Command,
  command: SimpleCommand,
  doubt: (kind: Doubt, detail: string) => void,
): void {
  const [name, ...args] = command.argv
  if (command.assignments.length > 0)
    doubt('assignment', command.assignments.map((each) => each.name).join(' '))
  if (node.args.some((arg) => arg.type === 'Assignment')) doubt('assignment', 'as an argument')
  if (node.name === undefined || name === undefined) return
  if (name === null) return doubt('expansion', 'in the name of the command')
  if (node.name.text !== name) doubt('quoted-name', node.name.text)
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/u.test(name)) doubt('construct', name)
  if (isEvaluating(name)) doubt('evaluates', name)
  const risk = (kind: 'wrapper' | 'option' | 'path', word: string, detail: string) => {
    command.risks.push({ doubt: kind, word })
    doubt(kind, detail)
  }
  if (isWrapper(name)) risk('wrapper', name, name)
  const option = launchingOption(name, args)
  if (option !== null) risk('option', option.word, option.detail)
  for (const [index, arg] of args.entries()) {
    if (arg === null) doubt('expansion', command.words[index + 1] ?? name)
    else if (leadsOut(arg)) risk('path', arg, arg)
  }
}

/** Whether an argument may name something outside of the workspace, or a file that holds secrets. */
const leadsOut = (arg: string): boolean =>
  /(?:^|[=:,@])(?:~|\/)|(?:^|[/=:,@])\.\.(?:\/|$)|(?:^|[/=])\.(?:env|git|ssh|aws|npmrc|netrc)\b/u.test(arg)
