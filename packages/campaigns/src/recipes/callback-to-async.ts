import type { SgNode } from '@ast-grep/napi'
import { eachSource, type FileStep } from './each-source.ts'
import { editText, type TextEdit } from './edit-text.ts'
import type { Recipe } from './recipe.ts'
import { endOf, lineOf, ofKind, requiredModule, rootOf, startOf, stringValue } from './source-node.ts'

const CALLBACKS: ReadonlySet<string> = new Set(['callback', 'cb', 'done', 'next'])

const named = (node: SgNode | null | undefined): SgNode[] =>
  node?.children().filter((child) => child.isNamed() && child.kind() !== 'comment') ?? []

/** Statements of a block. */
const statements = (body: SgNode): SgNode[] => body.children().filter((child) => child.isNamed())

const parameterName = (node: SgNode | undefined): string | null =>
  node === undefined ? null : ((node.field('pattern') ?? node).text().match(/^[\w$]+$/u)?.[0] ?? null)

interface Module {
  text: string
  /** Functions of `fs` by the name of the module's variable. */
  fs: ReadonlySet<string>
  /** Functions of this file that are converted as well. */
  own: ReadonlySet<string>
}

/** `if (err) return cb(err)`, in the forms that people write. */
function isPassOn(statement: SgNode | undefined, error: string, callback: string): boolean {
  if (statement?.kind() !== 'if_statement' || statement.field('alternative') !== null) return false
  const plain = statement.text().replace(/[\s;{}]/gu, '')
  return [
    `if(${error})return${callback}(${error})`,
    `if(${error}!==null)return${callback}(${error})`,
    `if(${error}!=null)return${callback}(${error})`,
  ].includes(plain)
}

/** The call whose callback a statement is about. */
function callOf(statement: SgNode): SgNode | null {
  const inner =
    statement.kind() === 'return_statement' || statement.kind() === 'expression_statement'
      ? named(statement)[0]
      : undefined
  return inner?.kind() === 'call_expression' ? inner : null
}

/** A function's body without its callback; null where it has a form that is not known. */
function unwind(body: SgNode, callback: string, module: Module): string | null {
  const all = statements(body)
  const last = all.at(-1)
  if (last === undefined) return null
  const before = all.slice(0, -1)
  if (before.some((statement) => new RegExp(`\\b${callback}\\b`, 'u').test(statement.text()))) return null
  const head = before.map((statement) => statement.text())
  const call = callOf(last)
  if (call === null) return null
  const values = named(call.field('arguments'))
  if (call.field('function')?.text() === callback) {
    const [error, value] = values
    if (error === undefined || values.length > 2) return values.length === 0 ? head.join('\n') : null
    if (/^(?:null|undefined)$/u.test(error.text()))
      return [...head, value === undefined ? 'return' : `return ${value.text()}`].join('\n')
    return values.length === 1 ? [...head, `throw ${error.text()}`].join('\n') : null
  }
  const inner = values.at(-1)
  const callee = call.field('function')?.text() ?? ''
  const arguments_ = values
    .slice(0, -1)
    .map((value) => value.text())
    .join(', ')
  const awaited = awaitOf(callee, arguments_, module)
  if (awaited === null) return null
  // The callback itself is handed on.
  if (inner?.kind() === 'identifier' && inner.text() === callback)
    return [...head, `return ${awaited}`].join('\n')
  if (inner?.kind() !== 'arrow_function' && inner?.kind() !== 'function_expression') return null
  const parameters = named(inner.field('parameters')).map(parameterName)
  const block = inner.field('body')
  const [error, value] = parameters
  if (
    block?.kind() !== 'statement_block' ||
    typeof error !== 'string' ||
    parameters.length > 2 ||
    value === null
  )
    return null
  if (!isPassOn(statements(block)[0], error, callback)) return null
  const rest = restOf(block, callback, module)
  if (rest === null) return null
  return [...head, value === undefined ? awaited : `const ${value} = ${awaited}`, rest]
    .filter((line) => line !== '')
    .join('\n')
}

/** What follows the test for an error. */
function restOf(block: SgNode, callback: string, module: Module): string | null {
  const all = statements(block)
  const source = all
    .slice(1)
    .map((statement) => statement.text())
    .join('\n')
  if (source === '') return ''
  const root = rootOf('TypeScript', `function f() {\n${source}\n}`)
  const [body] = ofKind(root, 'statement_block')
  return body === undefined ? null : unwind(body, callback, module)
}

function awaitOf(callee: string, values: string, module: Module): string | null {
  const [object = '', method] = callee.split('.')
  if (method !== undefined && module.fs.has(object) && callee.split('.').length === 2)
    return `await ${object}.promises.${method}(${values})`
  return module.own.has(callee) ? `await ${callee}(${values})` : null
}

/** Variables that hold `fs`. */
function fsNames(root: SgNode): Set<string> {
  const names = new Set<string>()
  for (const declarator of ofKind(root, 'variable_declarator')) {
    const name = declarator.field('name')
    if (
      name?.kind() === 'identifier' &&
      /^(?:node:)?fs$/u.test(requiredModule(declarator.field('value')) ?? '')
    )
      names.add(name.text())
  }
  for (const statement of ofKind(root, 'import_statement'))
    if (/^(?:node:)?fs$/u.test(stringValue(statement.field('source')) ?? ''))
      for (const name of ofKind(statement, 'identifier')) names.add(name.text())
  return names
}

const convert: FileStep = (file, text, language) => {
  const root = rootOf(language, text)
  const functions = ofKind(root, 'function_declaration').flatMap((node) => {
    const parameters = named(node.field('parameters'))
    const callback = parameterName(parameters.at(-1))
    const name = node.field('name')?.text()
    return callback === null || name === undefined || !CALLBACKS.has(callback)
      ? []
      : [{ node, name, callback, parameters }]
  })
  if (functions.length === 0) return { text, left: [] }
  const fs = fsNames(root)
  // A function counts as converted only if all those that it calls are: taken back until nothing changes.
  let own = new Set(functions.map(({ name }) => name))
  let bodies = new Map<string, string>()
  for (let changed = true; changed;) {
    bodies = new Map()
    for (const { node, name, callback } of functions) {
      const body = node.field('body')
      const result = body === null || !own.has(name) ? null : unwind(body, callback, { text, fs, own })
      if (result !== null) bodies.set(name, result)
    }
    changed = bodies.size < own.size
    own = new Set(bodies.keys())
  }
  const edits: TextEdit[] = []
  const left: string[] = []
  for (const { node, name, callback, parameters } of functions) {
    const body = bodies.get(name)
    if (body === undefined) {
      left.push(`${file}:${lineOf(node)}: ${name} uses ${callback} in a form that is not known`)
      continue
    }
    const list = parameters
      .slice(0, -1)
      .map((parameter) => parameter.text())
      .join(', ')
    const indented = body.split('\n').map((line) => (line.trim() === '' ? '' : `  ${line.trim()}`))
    edits.push({
      start: startOf(node),
      end: endOf(node),
      text: `async function ${name}(${list}) {\n${indented.join('\n')}\n}`,
    })
  }
  const inside = (node: SgNode) =>
    edits.some((edit) => startOf(node) >= edit.start && endOf(node) <= edit.end)
  for (const call of ofKind(root, 'call_expression'))
    if (own.has(call.field('function')?.text() ?? '') && !inside(call))
      left.push(`${file}:${lineOf(call)}: ${call.field('function')?.text()} gives a promise now`)
  return { text: editText(text, edits), left }
}

/** Turns functions with a Node-style callback into async functions, as far as their form is known. */
export const callbackToAsync: Recipe = {
  name: 'callback-to-async',
  summary: 'turn functions with an error-first callback into async functions; other forms are reported',
  options: {},
  run: eachSource(convert),
}
