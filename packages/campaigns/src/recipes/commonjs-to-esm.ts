import { posix } from 'node:path'
import type { SgNode } from '@ast-grep/napi'
import { languageOfFile } from '../plan/source-language.ts'
import { convertExport, wholeName } from './convert-exports.ts'
import { convertDeclaration, type ModuleWork } from './convert-require.ts'
import { editText } from './edit-text.ts'
import { modulePackage } from './module-package.ts'
import type { Recipe, RecipeFiles } from './recipe.ts'
import { endOf, lineOf, ofKind, replaceNode, requiredModule, rootOf, startOf } from './source-node.ts'

const ENDS = ['.js', '.ts', '.mjs', '.mts', '.jsx', '.tsx', '.json', '/index.js', '/index.ts', '/index.mjs']
const RENAMES: Readonly<Record<string, string>> = { '.cjs': '.mjs', '.cts': '.mts' }

/** ES modules need the whole name of a file. */
function wholeSpecifier(file: string, specifier: string, tree: ReadonlySet<string>): string {
  if (!specifier.startsWith('.')) return specifier
  const path = posix.join(posix.dirname(file), specifier)
  const renamed = RENAMES[posix.extname(specifier)]
  if (tree.has(path)) return renamed === undefined ? specifier : specifier.slice(0, -4) + renamed
  const end = ENDS.find((candidate) => tree.has(posix.normalize(path + candidate)))
  return end === undefined ? specifier : specifier.replace(/\/$/u, '') + end
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
function exportsNames(
  file: string,
  specifier: string,
  tree: RecipeFiles,
  all: ReadonlySet<string>,
  depth = 8,
): boolean {
  if (!specifier.startsWith('.')) return false
  const whole = posix.join(posix.dirname(file), wholeSpecifier(file, specifier, all))
  const text = tree.read(whole) ?? ''
  if (whole.endsWith('.json') || text === '') return false
  const passedOn = /^\s*module\.exports\s*=\s*require\(\s*(['"])(\.[^'"]*)\1\s*\)/mu.exec(text)?.[2]
  if (passedOn !== undefined && depth > 0 && !/\bexports\.[\w$]+\s*=/u.test(text))
    return exportsNames(posix.normalize(whole), passedOn, tree, all, depth - 1)
  if (/^\s*export\s+default\b|\bexport\s*\{[^}]*\bas\s+default\b/mu.test(text)) return false
  if (/\bmodule\.exports\s*=(?![=>]|\s*\{)/u.test(text)) return false
  return /\bexports\.[\w$]+\s*=|\bmodule\.exports\s*=\s*\{|^\s*export\s/mu.test(text)
}

function convert(file: string, text: string, language: string, tree: RecipeFiles, all: ReadonlySet<string>) {
  const root = rootOf(language, text)
  const declared = topNames(root)
  const specifier = (name: string) => wholeSpecifier(file, name, all)
  const takesWhole = (name: string) => exportsNames(file, name, tree, all)
  const work: ModuleWork = { edits: [], left: [], declared, specifier, takesWhole }
  const whole = wholeName(
    root.children().filter((node) => node.kind() === 'expression_statement'),
    work,
  )
  for (const node of root.children()) {
    const kind = node.kind()
    const isDeclaration = kind === 'lexical_declaration' || kind === 'variable_declaration'
    if (isDeclaration && node.text().includes('require')) convertDeclaration(node, work)
    else if (kind === 'expression_statement') {
      const [only] = node.children()
      const plain = requiredModule(only)
      const semicolon = node.text().endsWith(';') ? ';' : ''
      if (plain !== null) work.edits.push(replaceNode(node, `import '${specifier(plain)}'${semicolon}`))
      else if (/^['"]use strict['"];?$/u.test(node.text().trim())) {
        const end = text[endOf(node)] === '\n' ? endOf(node) + 1 : endOf(node)
        work.edits.push({ start: startOf(node), end, text: '' })
      } else convertExport(node, work, whole)
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
