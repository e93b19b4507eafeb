import { isScript, isTest } from '@cairn/checks'
import { parseProgram } from '../audit/javascript/parse-javascript.ts'
import { child, isTree, keyName, type Tree } from '../audit/javascript/tree.ts'
import type { Change } from './read-change.ts'
import type { Remark } from './review-finding.ts'
import { codeByLine } from './tokens.ts'

/** Paths through a function (McCabe, 1976) from which it is worth a word, how many more than before, and for a new one. */
const FLOOR = 15
const JUMP = 6
const NEW = 25

interface Measured {
  name: string
  line: number
  paths: number
}

/** Functions of JavaScript, TypeScript and Python that have many more paths than before. */
export function findComplexity({ files, head, base }: Change): Remark[] {
  const found: Remark[] = []
  for (const { before, after, addedCount } of files) {
    if (after === null || addedCount === 0 || isTest(after.path)) continue
    const text = head.texts.get(after.path)
    if (text === undefined) continue
    const old = new Map<string, number>()
    const was = before === null ? undefined : base.texts.get(before.path)
    for (const one of measure(before?.path ?? '', was ?? ''))
      old.set(one.name, Math.max(one.paths, old.get(one.name) ?? 0))
    for (const { name, line, paths } of measure(after.path, text)) {
      const earlier = old.get(name)
      if (earlier === undefined ? paths < NEW : paths < FLOOR || paths - earlier < JUMP) continue
      // A file whose functions moved is none that became complex.
      if (earlier === undefined && before === null && files.some((one) => one.after === null)) continue
      found.push({
        rule: 'complexity',
        file: after.path,
        line,
        about: name,
        message:
          earlier === undefined
            ? `${name} is new and has ${paths} paths.`
            : `${name} has ${paths} paths; it had ${earlier}.`,
      })
    }
  }
  return found.slice(0, 5)
}

function measure(path: string, text: string): Measured[] {
  if (isScript(path)) {
    const program = parseProgram(path, text)
    const found: Measured[] = []
    if (program !== null) walk(program, '', null, text, found)
    return found
  }
  return path.endsWith('.py') ? measurePython(path, text) : []
}

const BRANCHES = new Set([
  'IfStatement',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'WhileStatement',
  'DoWhileStatement',
  'CatchClause',
  'ConditionalExpression',
  'LogicalExpression',
])

function walk(node: Tree, name: string, owner: Measured | null, text: string, found: Measured[]): void {
  let own = owner
  let inner = name
  if (
    /Function|ClassMethod|ObjectMethod|ClassPrivateMethod/.test(node.type) &&
    !node.type.startsWith('TS') &&
    isTree(node['body'])
  ) {
    const called = keyName(child(node, 'id') ?? child(node, 'key'), node['computed'] === true)
    // A callback counts for the function that it stands in.
    if (called !== null || name.endsWith('=')) {
      inner = called === null ? name.slice(0, -1) : `${name}${name === '' ? '' : '.'}${called}`
      own = { name: inner, line: text.slice(0, node.start).split('\n').length, paths: 1 }
      found.push(own)
    }
  } else if (node.type.startsWith('Class')) {
    const called = keyName(child(node, 'id'), false)
    if (called !== null) inner = `${name.replace(/=$/, '')}${name === '' ? '' : '.'}${called}`
  } else if (node.type === 'VariableDeclarator') {
    const called = keyName(child(node, 'id'), false)
    if (called !== null && /Function/.test(child(node, 'init')?.type ?? ''))
      inner = `${name === '' ? '' : `${name}.`}${called}=`
  }
  if (own !== null && (BRANCHES.has(node.type) || (node.type === 'SwitchCase' && node['test'] !== null)))
    own.paths++
  for (const value of Object.values(node)) {
    if (isTree(value)) walk(value, inner, own, text, found)
    else if (Array.isArray(value))
      for (const item of value) if (isTree(item)) walk(item, inner, own, text, found)
  }
}

function measurePython(path: string, text: string): Measured[] {
  const found: Measured[] = []
  const open: { indent: number; name: string; measured: Measured | null }[] = []
  const lines = text.split('\n')
  for (const [line, code] of codeByLine(path, text)) {
    const indent = /^\s*/.exec(lines[line - 1] ?? '')?.[0].length ?? 0
    while ((open.at(-1)?.indent ?? -1) >= indent && !/^[)\]}]/.test(code)) open.pop()
    const [, kind, called = ''] = /^(?:async )?(def|class) (\w+)/.exec(code) ?? []
    if (kind !== undefined) {
      const name = [...open.map((one) => one.name), called].join('.')
      const measured = kind === 'def' ? { name, line, paths: 1 } : null
      if (measured !== null) found.push(measured)
      open.push({ indent, name: called, measured })
    }
    const owner = open.findLast((one) => one.measured !== null)?.measured
    if (owner !== undefined && owner !== null)
      owner.paths += [...code.matchAll(/\b(?:if|elif|for|while|except|and|or|case)\b/g)].length
  }
  return found
}
