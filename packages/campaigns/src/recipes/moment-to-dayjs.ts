import { eachSource, section, type FileStep } from './each-source.ts'
import { editText, type TextEdit } from './edit-text.ts'
import type { Recipe } from './recipe.ts'
import {
  enclosingFunction,
  lineOf,
  ofKind,
  replaceNode,
  requiredModule,
  rootOf,
  stringValue,
} from './source-node.ts'

/** Methods of moment that dayjs has in a plugin. */
const PLUGINS: Readonly<Record<string, string>> = {
  utc: 'utc',
  fromNow: 'relativeTime',
  from: 'relativeTime',
  toNow: 'relativeTime',
  duration: 'duration',
  isBetween: 'isBetween',
  isSameOrBefore: 'isSameOrBefore',
  isSameOrAfter: 'isSameOrAfter',
  calendar: 'calendar',
  dayOfYear: 'dayOfYear',
  isoWeek: 'isoWeek',
  isoWeekday: 'isoWeek',
  week: 'weekOfYear',
  quarter: 'quarterOfYear',
  weekday: 'weekday',
  max: 'minMax',
  min: 'minMax',
  localeData: 'localeData',
  tz: 'timezone',
  toArray: 'toArray',
  toObject: 'toObject',
}
/** Change a moment in place; in dayjs they give a new value. */
const MUTATES: ReadonlySet<string> = new Set([
  'add',
  'subtract',
  'startOf',
  'endOf',
  'set',
  'utc',
  'local',
  'year',
  'month',
  'date',
  'hour',
  'minute',
  'second',
])
const ABSENT: ReadonlySet<string> = new Set([
  'parseZone',
  'lang',
  'zone',
  'invalid',
  'creationData',
  'parsingFlags',
  'updateLocale',
  'defineLocale',
])

const convert: FileStep = (file, text, language) => {
  if (!/\bmoment\b/u.test(text)) return { text, left: [] }
  const root = rootOf(language, text)
  const edits: TextEdit[] = []
  const left: string[] = []
  let local: string | null = null
  let place: { end: number; isImport: boolean } | null = null
  for (const statement of ofKind(root, 'import_statement')) {
    const source = statement.field('source')
    const name = stringValue(source)
    if (source === null || (name !== 'moment' && name !== 'moment-timezone')) continue
    const clause = statement.children().find((child) => child.kind() === 'import_clause')
    local = ofKind(statement, 'identifier')[0]?.text() ?? null
    if (clause === undefined || local === null) {
      left.push(`${file}:${lineOf(statement)}: this import of moment has no simple counterpart`)
      continue
    }
    edits.push(replaceNode(statement, `import ${local === 'moment' ? 'dayjs' : local} from 'dayjs'`))
    place = { end: statement.range().end.index, isImport: true }
  }
  for (const declarator of ofKind(root, 'variable_declarator')) {
    const module = requiredModule(declarator.field('value'))
    const name = declarator.field('name')
    if ((module !== 'moment' && module !== 'moment-timezone') || name?.kind() !== 'identifier') continue
    local = name.text()
    const value = declarator.field('value')
    if (value !== null) edits.push(replaceNode(value, "require('dayjs')"))
    if (local === 'moment') edits.push(replaceNode(name, 'dayjs'))
    place = { end: (declarator.parent() ?? declarator).range().end.index, isImport: false }
  }
  if (local === null || place === null) return { text, left }
  const plugins = new Set<string>()
  for (const node of ofKind(root, 'identifier')) {
    if (
      node.text() !== local ||
      edits.some((edit) => node.range().start.index >= edit.start && node.range().start.index < edit.end)
    )
      continue
    if (local === 'moment') edits.push(replaceNode(node, 'dayjs'))
  }
  for (const member of ofKind(root, 'member_expression')) {
    const name = member.field('property')?.text() ?? ''
    const call = member.parent()
    if (call?.kind() !== 'call_expression') continue
    const plugin = PLUGINS[name]
    if (plugin !== undefined && (plugin !== 'minMax' || member.field('object')?.text() === local))
      plugins.add(plugin)
    if (plugin === 'timezone') plugins.add('utc')
    if (ABSENT.has(name)) left.push(`${file}:${lineOf(member)}: .${name}() has no counterpart in dayjs`)
    const alone = call.parent()?.kind() === 'expression_statement'
    const isSetter =
      (call
        .field('arguments')
        ?.children()
        .filter((child) => child.isNamed()).length ?? 0) > 0
    if (alone && isSetter && MUTATES.has(name) && member.field('object')?.kind() === 'identifier') {
      const object = member.field('object')?.text() ?? ''
      const declared = enclosingFunction(call) ?? root
      // `let day` can take the new value; anything else may be seen by others, who expect the change.
      const isOwn = ofKind(declared, 'lexical_declaration').some(
        (each) =>
          each.text().startsWith('let ') &&
          ofKind(each, 'variable_declarator').some((one) => one.field('name')?.text() === object),
      )
      if (isOwn)
        edits.push({ start: call.range().start.index, end: call.range().start.index, text: `${object} = ` })
      else
        left.push(
          `${file}:${lineOf(member)}: ${object}.${name}() changes a moment in place; dayjs gives a new value`,
        )
    }
  }
  const name = local === 'moment' ? 'dayjs' : local
  const list = [...plugins].sort()
  const module = place.isImport
  const extra = list.map((plugin) => (module ? `\nimport ${plugin} from 'dayjs/plugin/${plugin}.js'` : ''))
  const extend = list.map(
    (plugin) => `\n${name}.extend(${module ? plugin : `require('dayjs/plugin/${plugin}')`})`,
  )
  if (list.length > 0) {
    const imports = ofKind(root, 'import_statement')
    const last = module ? (imports.at(-1)?.range().end.index ?? place.end) : place.end
    edits.push({ start: last, end: last, text: `${extra.join('')}${extend.join('')}` })
  }
  return { text: editText(text, edits), left }
}

/** Replaces moment by dayjs, whose calls are the same but whose values do not change. */
export const momentToDayjs: Recipe = {
  name: 'moment-to-dayjs',
  summary: 'replace moment by dayjs, with the plugins that are needed; changes in place are reported',
  options: { version: 'version of dayjs for package.json (default ^1.11.0)' },
  run: (unit, tree, options) =>
    eachSource(convert, (value) => {
      let changed = false
      for (const key of ['dependencies', 'devDependencies']) {
        const found = section(value, key)
        if (found?.['moment'] === undefined && found?.['moment-timezone'] === undefined) continue
        delete found['moment']
        delete found['moment-timezone']
        found['dayjs'] = typeof options['version'] === 'string' ? options['version'] : '^1.11.0'
        changed = true
      }
      return changed
    })(unit, tree, options),
}
