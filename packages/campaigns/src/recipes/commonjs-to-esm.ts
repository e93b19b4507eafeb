import { posix } from 'node:path'
import type { SgNode } from '@ast-grep/napi'
import { languageOfFile } from '../plan/source-language.ts'
import { editText, type TextEdit } from './edit-text.ts'
import { modulePackage } from './module-package.ts'
import type { Recipe, RecipeFiles } from './recipe.ts'
import { endOf, lineOf, ofKind, replaceNode, requiredModule, rootOf, startOf } from './source-node.ts'

const ENDS = ['.js', '.ts', '.mjs', '.mts', '.jsx', '.tsx', '.json', '/index.js', '/index.ts', '/index.mjs']
const RENAMES: Readonly<Record<string, string>> = { '.cjs': '.mjs', '.cts': '.mts' }
const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u

/** ES modules need the whole name of a file. */
function wholeSpecifier(file: string, specifier: string, tree: ReadonlySet<string>): string {
  if (!specifier.startsWith('.')) return specifier
  const path = posix.join(posix.dirname(file), specifier)
  const renamed = RENAMES[posix.extname(specifier)]
  if (tree.has(path)) return renamed === undefined ? specifier : specifier.slice(0, -4) + renamed
  const end = ENDS.find((candidate) => tree.has(posix.normalize(path + candidate)))
  return end === undefined ? specifier : specifier.replace(/\/$/u, '') + end
}

/** `{ a, b: c }` of a require as the braces of an import; null where it is more than names. */
function importNames(pattern: SgNode): string | null {
  const parts: string[] = []
  for (const child of pattern.children().filter((each) => each.isNamed() && each.kind() !== 'comment')) {
    if (child.kind() === 'shorthand_property_identifier_pattern') parts.push(child.text())
    else if (child.kind() === 'pair_pattern' && child.field('value')?.kind() === 'identifier') {
      const key = child.field('key')?.text() ?? ''
      if (!IDENTIFIER.test(key)) return null
      parts.push(`${key} as ${child.field('value')?.text()}`)
    } else return null
  }
  return `{ ${parts.join(', ')} }`
}

interface Work {
  edits: TextEdit[]
  left: string[]
}

/** One `const x = require('y')`, or several in one statement; false where it has to stay. */
function convertDeclaration(
  statement: SgNode,
  specifier: (name: string) => string,
  work: Work,
  takesWhole: (name: string) => boolean,
): boolean {
  const lines: string[] = []
  for (const declarator of ofKind(statement, 'variable_declarator').filter(
    (each) => each.parent()?.id() === statement.id(),
  )) {
    const name = declarator.field('name')
    const value = declarator.field('value')
    const plain = requiredModule(value)
    if (name === null) return false
    if (plain !== null) {
      const from = `from '${specifier(plain)}'`
      if (name.kind() === 'identifier')
        lines.push(takesWhole(plain) ? `import * as ${name.text()} ${from}` : `import ${name.text()} ${from}`)
      else {
        const names = name.kind() === 'object_pattern' ? importNames(name) : null
        if (names === null) return false
        lines.push(`import ${names} ${from}`)
      }
      continue
    }
    // const b = require('x').b
    const member = value?.kind() === 'member_expression' ? requiredModule(value.field('object')) : null
    const property = value?.field('property')?.text() ?? ''
    if (member === null || name.kind() !== 'identifier') return false
    const names = property === name.text() ? property : `${property} as ${name.text()}`
    lines.push(`import { ${names} } from '${specifier(member)}'`)
  }
  if (lines.length === 0) return false
  const semicolon = statement.text().trimEnd().endsWith(';') ? ';' : ''
  work.edits.push(replaceNode(statement, lines.map((line) => line + semicolon).join('\n')))
  return true
}

/** `module.exports = …` and `exports.x = …`; false where it has to stay. */
function convertExport(statement: SgNode, work: Work, declared: ReadonlySet<string>): boolean {
  const [assignment] = statement.children()
  if (assignment?.kind() !== 'assignment_expression') return false
  const target = assignment.field('left')?.text() ?? ''
  const value = assignment.field('right')
  if (value === null) return false
  const semicolon = statement.text().endsWith(';') ? ';' : ''
  const named = /^(?:module\.)?exports\.([\w$]+)$/u.exec(target)?.[1]
  if (named !== undefined) {
    if (value.kind() === 'identifier' && declared.has(value.text())) {
      const names = value.text() === named ? named : `${value.text()} as ${named}`
      work.edits.push(replaceNode(statement, `export { ${names} }${semicolon}`))
      return true
    }
    if (declared.has(named) || named === 'default') {
      if (named !== 'default') return false
      work.edits.push(replaceNode(statement, `export default ${value.text()}${semicolon}`))
      return true
    }
    work.edits.push({ start: startOf(statement), end: startOf(value), text: `export const ${named} = ` })
    return true
  }
  if (target !== 'module.exports') return false
  if (value.kind() !== 'object') {
    work.edits.push({ start: startOf(statement), end: startOf(value), text: 'export default ' })
    return true
  }
  const names: string[] = []
  for (const child of value.children().filter((each) => each.isNamed() && each.kind() !== 'comment')) {
    if (child.kind() === 'shorthand_property_identifier' && declared.has(child.text()))
      names.push(child.text())
    else if (
      child.kind() === 'pair' &&
      child.field('value')?.kind() === 'identifier' &&
      declared.has(child.field('value')?.text() ?? '')
    ) {
      const key = child.field('key')?.text() ?? ''
      if (!IDENTIFIER.test(key)) return false
      names.push(`${child.field('value')?.text()} as ${key}`)
    } else return false
  }
  work.edits.push(replaceNode(statement, `export { ${names.join(', ')} }${semicolon}`))
  return true
}

/** Names that the file declares at its top. */
function topNames(root: SgNode): Set<string> {
  const names = new Set<string>()
  for (const node of root.children()) {
    const kind = String(node.kind())
    if (
      /^(?:abstract_)?class_declaration$|^(?:generator_)?function_declaration$|^enum_declaration$/u.test(kind)
    )
      names.add(node.field('name')?.text() ?? '')
    if (kind === 'lexical_declaration' || kind === 'variable_declaration')
      for (const declarator of node.children().filter((child) => child.kind() === 'variable_declarator')) {
        const name = declarator.field('name')
        if (name?.kind() === 'identifier') names.add(name.text())
        else if (name !== null)
          for (const part of ofKind(name, 'shorthand_property_identifier_pattern', 'identifier'))
            names.add(part.text())
      }
  }
  return names
}

/** Whether a module of the repository exports single names: then it has to be imported as a namespace. */
function exportsNames(file: string, specifier: string, tree: RecipeFiles, all: ReadonlySet<string>): boolean {
  if (!specifier.startsWith('.')) return false
  const whole = posix.join(posix.dirname(file), wholeSpecifier(file, specifier, all))
  const text = tree.read(whole) ?? ''
  if (whole.endsWith('.json') || text === '') return false
  if (/^\s*export\s+default\b|\bexport\s*\{[^}]*\bas\s+default\b/mu.test(text)) return false
  if (/\bmodule\.exports\s*=(?![=>]|\s*\{)/u.test(text)) return false
  return /\bexports\.[\w$]+\s*=|\bmodule\.exports\s*=\s*\{|^\s*export\s/mu.test(text)
}

function convert(file: string, text: string, language: string, tree: RecipeFiles, all: ReadonlySet<string>) {
  const root = rootOf(language, text)
  const work: Work = { edits: [], left: [] }
  const declared = topNames(root)
  const specifier = (name: string) => wholeSpecifier(file, name, all)
  for (const node of root.children()) {
    const kind = node.kind()
    const isDeclaration = kind === 'lexical_declaration' || kind === 'variable_declaration'
    if (isDeclaration && node.text().includes('require'))
      convertDeclaration(node, specifier, work, (name) => exportsNames(file, name, tree, all))
    else if (kind === 'expression_statement') {
      const [only] = node.children()
      const plain = requiredModule(only)
      const semicolon = node.text().endsWith(';') ? ';' : ''
      if (plain !== null) work.edits.push(replaceNode(node, `import '${specifier(plain)}'${semicolon}`))
      else if (/^['"]use strict['"];?$/u.test(node.text().trim())) {
        const end = text[endOf(node)] === '\n' ? endOf(node) + 1 : endOf(node)
        work.edits.push({ start: startOf(node), end, text: '' })
      } else convertExport(node, work, declared)
    }
  }
  const insideDone = (node: SgNode) =>
    work.edits.some((edit) => startOf(node) >= edit.start && endOf(node) <= edit.end && edit.end > edit.start)
  for (const call of ofKind(root, 'call_expression')) {
    if (call.field('function')?.text() === 'require' && !insideDone(call))
      work.left.push(
        `${file}:${lineOf(call)}: ${call.text().slice(0, 80)} is not at the top of the file, or is computed`,
      )
  }
  for (const node of ofKind(root, 'member_expression', 'identifier')) {
    const name = node.text()
    if (insideDone(node)) continue
    if (
      name === 'module.exports' ||
      /^exports\.[\w$]+$/u.test(name) ||
      name === 'require.main' ||
      name === 'require.resolve' ||
      name === 'require.cache'
    )
      work.left.push(
        `${file}:${lineOf(node)}: ${name} is used in a way that has no simple form in an ES module`,
      )
    else if (
      (name === '__dirname' || name === '__filename') &&
      node.kind() === 'identifier' &&
      !declared.has(name)
    )
      work.edits.push(
        replaceNode(node, name === '__dirname' ? 'import.meta.dirname' : 'import.meta.filename'),
      )
  }
  return { text: editText(text, work.edits), left: work.left }
}

/** Turns `require`, `module.exports` and `exports.x` into `import` and `export`, with whole file names. */
export const commonjsToEsm: Recipe = {
  name: 'commonjs-to-esm',
  summary: 'turn CommonJS modules into ES modules (JavaScript and TypeScript)',
  options: {},
  run({ files }, tree) {
    const all = new Set(tree.all)
    const writes = new Map<string, string | null>()
    const left: string[] = []
    for (const file of files) {
      const language = languageOfFile(file)
      const text = tree.read(file)
      if (language === null || text === null || language === 'Html' || language === 'Css') continue
      const result = convert(file, text, language, tree, all)
      left.push(...result.left)
      const renamed = RENAMES[posix.extname(file)]
      if (renamed !== undefined) {
        writes.set(file, null)
        writes.set(file.slice(0, -4) + renamed, result.text)
      } else if (result.text !== text) writes.set(file, result.text)
    }
    const after: RecipeFiles = {
      all: [...new Set([...tree.all, ...writes.keys()])].filter((path) => writes.get(path) !== null),
      read: (path) => (writes.has(path) ? (writes.get(path) ?? null) : tree.read(path)),
    }
    for (const file of files.filter((path) => posix.basename(path) === 'package.json')) {
      const result = modulePackage(file, after)
      left.push(...result.left)
      if (result.text !== null && result.text !== tree.read(file)) writes.set(file, result.text)
    }
    return { writes, left }
  },
}
