import { eachSource, section, type FileStep } from './each-source.ts'
import { editText, type TextEdit } from './edit-text.ts'
import type { Recipe } from './recipe.ts'
import { lineOf, ofKind, replaceNode, requiredModule, rootOf, startOf, stringValue } from './source-node.ts'

const GLOBALS = ['describe', 'it', 'test', 'expect', 'beforeEach', 'afterEach', 'beforeAll', 'afterAll']
const ALIASES: Readonly<Record<string, string>> = {
  xdescribe: 'describe.skip',
  fdescribe: 'describe.only',
  xit: 'it.skip',
  fit: 'it.only',
  xtest: 'test.skip',
}
/** What vitest has under another name, or not at all. */
const RENAMED: Readonly<Record<string, string>> = { requireActual: 'importActual', requireMock: 'importMock' }
const ABSENT: ReadonlySet<string> = new Set([
  'retryTimes',
  'createMockFromModule',
  'genMockFromModule',
  'isolateModules',
  'enableAutomock',
  'disableAutomock',
  'deepUnmock',
])

const convert: FileStep = (file, text, language) => {
  if (!/\b(?:jest|describe|it|test|expect|x?fit|xit)\b/u.test(text)) return { text, left: [] }
  const root = rootOf(language, text)
  const edits: TextEdit[] = []
  const left: string[] = []
  const used = new Set<string>()
  const imported = new Set<string>()
  let hasVitest = false
  for (const statement of ofKind(root, 'import_statement')) {
    const source = stringValue(statement.field('source'))
    for (const name of ofKind(statement, 'import_specifier'))
      imported.add(name.field('alias')?.text() ?? name.field('name')?.text() ?? '')
    if (source === 'vitest') hasVitest = true
    if (source !== '@jest/globals') continue
    hasVitest = true
    const names = ofKind(statement, 'import_specifier').map((name) =>
      name.text() === 'jest' ? 'vi' : name.text(),
    )
    edits.push(
      replaceNode(
        statement,
        `import { ${names.join(', ')} } from 'vitest'${statement.text().endsWith(';') ? ';' : ''}`,
      ),
    )
  }
  if (ofKind(root, 'call_expression').some((call) => requiredModule(call) === '@jest/globals'))
    left.push(`${file}: requires @jest/globals; import it from 'vitest'`)
  const inImport = (start: number) => edits.some((edit) => start >= edit.start && start < edit.end)
  for (const member of ofKind(root, 'member_expression')) {
    const object = member.field('object')
    const property = member.field('property')
    if (object?.kind() !== 'identifier' || object.text() !== 'jest' || property === null) continue
    const name = property.text()
    used.add('vi')
    if (ABSENT.has(name)) left.push(`${file}:${lineOf(member)}: jest.${name} has no counterpart in vitest`)
    const call = member.parent()
    if (name === 'setTimeout' && call?.kind() === 'call_expression') {
      const [value] =
        call
          .field('arguments')
          ?.children()
          .filter((child) => child.isNamed()) ?? []
      edits.push(replaceNode(call, `vi.setConfig({ testTimeout: ${value?.text() ?? '5000'} })`))
      continue
    }
    edits.push(replaceNode(object, 'vi'))
    const renamed = RENAMED[name]
    if (renamed === undefined) continue
    // It gives a promise now.
    left.push(`${file}:${lineOf(member)}: vi.${renamed} has to be awaited, in an async function`)
    edits.push(replaceNode(property, renamed))
  }
  for (const call of ofKind(root, 'call_expression')) {
    let callee = call.field('function')
    while (callee?.kind() === 'member_expression') callee = callee.field('object')
    while (callee?.kind() === 'call_expression') {
      callee = callee.field('function')
      while (callee?.kind() === 'member_expression') callee = callee.field('object')
    }
    if (callee?.kind() !== 'identifier') continue
    const name = callee.text()
    const alias = ALIASES[name]
    if (alias !== undefined && !imported.has(name)) {
      edits.push(replaceNode(callee, alias))
      used.add(alias.split('.')[0] ?? '')
    } else if (GLOBALS.includes(name)) used.add(name)
    if (!/^(?:it|test|before|after|xit|fit)/u.test(name)) continue
    const body = call
      .field('arguments')
      ?.children()
      .filter((child) => child.isNamed())
      .at(-1)
    const parameters = body?.field('parameters')
    if (/^\(\s*done\s*\)$/u.test(parameters?.text() ?? '') || body?.field('parameter')?.text() === 'done')
      left.push(`${file}:${lineOf(call)}: a test that calls done has to return a promise`)
  }
  for (const type of ofKind(root, 'identifier'))
    if (type.text() === 'jest' && type.parent()?.kind() === 'nested_type_identifier')
      left.push(`${file}:${lineOf(type)}: ${type.parent()?.text()} is a type of jest; import that of vitest`)
  const missing = [...used]
    .filter((name) => !imported.has(name) && !(name === 'vi' && imported.has('jest')))
    .sort()
  let result = editText(
    text,
    edits.filter(
      (edit, index) => edits.indexOf(edit) === index && (edit.end > edit.start || !inImport(edit.start)),
    ),
  )
  if (missing.length > 0 && !hasVitest) {
    const first = root
      .children()
      .find((child) => child.kind() !== 'comment' && child.kind() !== 'hash_bang_line')
    const at = first === undefined ? 0 : startOf(first)
    const line = text.lastIndexOf('\n', at - 1) + 1
    result = editText(text, [
      ...edits,
      { start: line, end: line, text: `import { ${missing.join(', ')} } from 'vitest'\n` },
    ])
  }
  return { text: result, left }
}

const GONE = ['jest', 'ts-jest', 'babel-jest', '@types/jest', '@jest/globals', 'jest-environment-node']

/** Moves tests from jest to vitest: imports, `jest.*`, aliases, and the package file where it is a unit. */
export const jestToVitest: Recipe = {
  name: 'jest-to-vitest',
  summary: 'move tests from jest to vitest; with package.json among the units its scripts too',
  options: { version: 'version of vitest for package.json (default ^5.0.0)' },
  run: (unit, tree, options) =>
    eachSource(convert, (value) => {
      const before = JSON.stringify(value)
      const development = section(value, 'devDependencies')
      const had = GONE.filter((name) => development?.[name] !== undefined)
      for (const name of had) delete development?.[name]
      if (had.length > 0 && development !== null)
        development['vitest'] = typeof options['version'] === 'string' ? options['version'] : '^5.0.0'
      const scripts = section(value, 'scripts')
      for (const [name, script] of Object.entries(scripts ?? {}))
        if (typeof script === 'string' && scripts !== null)
          scripts[name] = script.replace(
            /(^|[\s&;])jest(?=\s|$)(\s+--watch\b)?/gu,
            (_all, lead: string, watch?: string) => `${lead}vitest${watch === undefined ? ' run' : ''}`,
          )
      return JSON.stringify(value) !== before
    })(unit, tree, options),
}
