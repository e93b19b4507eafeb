import type { SgNode } from '@ast-grep/napi'
import type { ModuleWork } from './convert-require.ts'
import { freshName } from './convert-require.ts'
import { endOf, ofKind, replaceNode, requiredModule, startOf } from './source-node.ts'

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u

const assignmentOf = (statement: SgNode): SgNode | null => {
  const [only] = statement.children()
  return only?.kind() === 'assignment_expression' ? only : null
}

/**
 * The name of what the module is, where it is one value (`module.exports = app`) and gets properties as well (`module.exports.x = …`
 * behind it): these have to stay on the value. Null where it is not so.
 */
export function wholeName(statements: readonly SgNode[], work: ModuleWork): string | null {
  let value: SgNode | null = null
  let hasMore = false
  for (const statement of statements) {
    const assignment = assignmentOf(statement)
    const target = assignment?.field('left')?.text() ?? ''
    const right = assignment?.field('right') ?? null
    if (value !== null && /^(?:module\.)?exports\.[\w$]+$/u.test(target)) hasMore = true
    if (target === 'module.exports' && right !== null) value = right
    if (target === 'exports' && right?.kind() === 'assignment_expression') value = right.field('right')
  }
  if (value === null || !hasMore || value.kind() === 'object') return null
  return value.kind() === 'identifier' ? value.text() : freshName(work, 'exported')
}

/** `module.exports = value` as the default export, under the name that later statements put properties on. */
function exportWhole(
  statement: SgNode,
  assignment: SgNode,
  work: ModuleWork,
  whole: string | null,
  semicolon: string,
): boolean {
  const value = assignment.field('right')
  if (value === null) return false
  if (whole === null || value.text() === whole) {
    work.edits.push({ start: startOf(statement), end: startOf(value), text: 'export default ' })
    return true
  }
  work.edits.push(
    { start: startOf(statement), end: startOf(value), text: `const ${whole} = ` },
    { start: endOf(statement), end: endOf(statement), text: `\nexport default ${whole}${semicolon}` },
  )
  return true
}

/** `module.exports = …` and `exports.x = …`; false where it has to stay. */
export function convertExport(statement: SgNode, work: ModuleWork, whole: string | null): boolean {
  const { declared } = work
  const [assignment] = statement.children()
  if (assignment?.kind() !== 'assignment_expression') return false
  const target = assignment.field('left')?.text() ?? ''
  const value = assignment.field('right')
  if (value === null) return false
  const semicolon = statement.text().endsWith(';') ? ';' : ''
  const required = requiredModule(value)
  const named = /^(?:module\.)?exports\.([\w$]+)$/u.exec(target)?.[1]
  if (named !== undefined && whole !== null) {
    // What is put on the function or object that the module is stays there.
    const [first] = ofKind(assignment, 'member_expression')
    if (first === undefined || required !== null) return false
    work.edits.push({
      start: startOf(statement),
      end: startOf(statement) + target.length,
      text: `${whole}.${named}`,
    })
    return true
  }
  if (named !== undefined) {
    if (required !== null) {
      const from = `from '${work.specifier(required)}'`
      if (work.specifier(required).endsWith('.json')) return false
      const what = work.takesWhole(required) ? `* as ${named}` : `{ default as ${named} }`
      work.edits.push(replaceNode(statement, `export ${what} ${from}${semicolon}`))
      return true
    }
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
  if (target === 'exports' && value.kind() === 'assignment_expression')
    return (
      value.field('left')?.text() === 'module.exports' &&
      exportWhole(statement, value, work, whole, semicolon)
    )
  if (target !== 'module.exports') return false
  if (required !== null && whole === null && !work.specifier(required).endsWith('.json')) {
    const from = `from '${work.specifier(required)}'`
    const what = work.takesWhole(required) ? '*' : '{ default }'
    work.edits.push(replaceNode(statement, `export ${what} ${from}${semicolon}`))
    return true
  }
  if (value.kind() !== 'object' || whole !== null)
    return exportWhole(statement, assignment, work, whole, semicolon)
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
