import type { SgNode } from '@ast-grep/napi'
import type { TextEdit } from './edit-text.ts'
import { ofKind, replaceNode, requiredModule } from './source-node.ts'

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u
const RESERVED =
  /^(?:await|break|case|catch|class|const|continue|debugger|default|delete|do|else|enum|export|extends|false|finally|for|function|if|import|in|instanceof|let|new|null|package|return|static|super|switch|this|throw|true|try|typeof|var|void|while|with|yield|arguments|eval)$/u

/** What a conversion of one file does, and what it knows of it. */
export interface ModuleWork {
  edits: TextEdit[]
  left: string[]
  /** Names of the top of the file; those that are made are added. */
  declared: Set<string>
  /** The name by which an ES module has to ask for another. */
  specifier(name: string): string
  /** Whether a module exports single names, so that all of it is a namespace. */
  takesWhole(name: string): boolean
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

/** Where a module comes from, as the end of an import; JSON has to be asked for as such. */
function fromModule(work: ModuleWork, name: string): string {
  const specifier = work.specifier(name)
  return `from '${specifier}'${specifier.endsWith('.json') ? " with { type: 'json' }" : ''}`
}

/** An import of all that a module gives, under a name of the file. */
const importWhole = (work: ModuleWork, name: string, as: string): string =>
  work.takesWhole(name)
    ? `import * as ${as} ${fromModule(work, name)}`
    : `import ${as} ${fromModule(work, name)}`

/** A new name for what a module gives. */
export function freshName(work: ModuleWork, module: string): string {
  const last = module.split('/').findLast((part) => part !== '' && !/^\.+$/u.test(part)) ?? 'module'
  const camel = last
    .replace(/\.(?:[cm]?[jt]sx?|json)$/u, '')
    .replace(/[^\p{ID_Continue}$]+(.)?/gu, (_all, next: string | undefined) => (next ?? '').toUpperCase())
  const base = IDENTIFIER.test(camel) ? camel : `module${camel}`
  for (let count = 0; ; count++) {
    const name = count === 0 ? base : `${base}Module${count === 1 ? '' : count}`
    if (work.declared.has(name) || RESERVED.test(name)) continue
    work.declared.add(name)
    return name
  }
}

/** `require('x')` at the start of calls and members, with the text of what follows: `require('debug')('app')`. */
function requireChain(value: SgNode): { module: string; rest: string } | null {
  for (let node: SgNode | null = value; node !== null;) {
    const module = requiredModule(node)
    if (module !== null && value.text().startsWith(node.text()))
      return { module, rest: value.text().slice(node.text().length) }
    const kind = node.kind()
    if (kind === 'call_expression') node = node.field('function')
    else if (kind === 'member_expression' || kind === 'subscript_expression') node = node.field('object')
    else return null
  }
  return null
}

/** One `const x = require('y')`, or several in one statement; false where it has to stay. */
export function convertDeclaration(statement: SgNode, work: ModuleWork): boolean {
  const lines: string[] = []
  const keyword = statement.children()[0]?.text() ?? 'const'
  for (const declarator of ofKind(statement, 'variable_declarator').filter(
    (each) => each.parent()?.id() === statement.id(),
  )) {
    const name = declarator.field('name')
    const value = declarator.field('value')
    if (name === null) return false
    const isName = name.kind() === 'identifier'
    const chain = value === null ? null : requireChain(value)
    if (value === null || chain === null) {
      if (declarator.text().includes('require(')) return false
      lines.push(`${keyword} ${declarator.text()}`)
      continue
    }
    const { module, rest } = chain
    if (rest === '' && isName) lines.push(importWhole(work, module, name.text()))
    else if (rest === '' && !work.specifier(module).endsWith('.json')) {
      const names = name.kind() === 'object_pattern' ? importNames(name) : null
      if (names === null) return false
      lines.push(`import ${names} ${fromModule(work, module)}`)
    } else if (isName && /^\.[\w$]+$/u.test(rest) && !work.specifier(module).endsWith('.json')) {
      // const b = require('x').b
      const property = rest.slice(1)
      const names = property === name.text() ? property : `${property} as ${name.text()}`
      lines.push(`import { ${names} } ${fromModule(work, module)}`)
    } else {
      const whole = freshName(work, module)
      lines.push(importWhole(work, module, whole), `${keyword} ${name.text()} = ${whole}${rest}`)
    }
  }
  if (lines.length === 0) return false
  const semicolon = statement.text().trimEnd().endsWith(';') ? ';' : ''
  work.edits.push(replaceNode(statement, lines.map((line) => line + semicolon).join('\n')))
  return true
}
