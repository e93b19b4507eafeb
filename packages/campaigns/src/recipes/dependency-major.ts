import { rewriteText } from '../unit/rewrite.ts'
import { eachSource, section } from './each-source.ts'
import { editText, type TextEdit } from './edit-text.ts'
import type { Recipe } from './recipe.ts'
import { ofKind, replaceNode, requiredModule, rootOf, stringValue } from './source-node.ts'

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null)

/** `{ old: new }` of an option. */
const pairs = (value: unknown): Map<string, string> =>
  new Map(
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([from, to]) => (typeof to === 'string' ? [[from, to] as const] : []))
      : [],
  )

/** Brings users of a package to its next major version: its new name, new names of what it exports, and rewrites. */
export const dependencyMajor: Recipe = {
  name: 'dependency-major',
  summary: 'raise a dependency to its next major version, with codemods',
  options: {
    package: 'name of the package (required)',
    version: 'new version for package.json, for example ^5.0.0',
    'renamed-to': 'new name of the package itself',
    exports: 'mapping of old to new names of what is imported',
    rewrites: 'list of { pattern, rewrite }, as of ast-grep, for files that import the package',
  },
  run(unit, tree, options) {
    const name = text(options['package'])
    if (name === null) return { writes: new Map(), left: ['dependency-major needs options.package'] }
    const renamed = text(options['renamed-to'])
    const exported = pairs(options['exports'])
    const given: unknown[] = Array.isArray(options['rewrites']) ? options['rewrites'] : []
    const rules = given.flatMap((rule) => {
      const pattern = typeof rule === 'object' && rule !== null ? text(Reflect.get(rule, 'pattern')) : null
      const rewrite: unknown = typeof rule === 'object' && rule !== null ? Reflect.get(rule, 'rewrite') : null
      return pattern === null || typeof rewrite !== 'string' ? [] : [{ pattern, rewrite, language: null }]
    })
    const isOurs = (source: string | null) => source === name || source?.startsWith(`${name}/`) === true
    return eachSource(
      (file, source, language) => {
        if (!source.includes(name)) return { text: source, left: [] }
        const root = rootOf(language, source)
        const edits: TextEdit[] = []
        let imports = false
        const renameSource = (node: ReturnType<typeof root.find>) => {
          if (renamed === null || node === null) return
          const quote = node.text()[0] ?? "'"
          edits.push(
            replaceNode(node, quote + renamed + (stringValue(node) ?? '').slice(name.length) + quote),
          )
        }
        for (const statement of ofKind(root, 'import_statement', 'export_statement')) {
          const node = statement.field('source')
          if (!isOurs(stringValue(node))) continue
          imports = true
          renameSource(node)
          for (const specifier of ofKind(statement, 'import_specifier', 'export_specifier')) {
            const old = specifier.field('name')
            const next = exported.get(old?.text() ?? '')
            if (old === null || next === undefined) continue
            // The file goes on with the name that it knows.
            edits.push(replaceNode(specifier, `${next} as ${specifier.field('alias')?.text() ?? old.text()}`))
          }
        }
        for (const call of ofKind(root, 'call_expression')) {
          if (!isOurs(requiredModule(call))) continue
          imports = true
          renameSource(
            call
              .field('arguments')
              ?.children()
              .find((child) => child.kind() === 'string') ?? null,
          )
          const pattern = call.parent()?.field('name')
          if (pattern?.kind() !== 'object_pattern') continue
          for (const part of pattern.children()) {
            const next = exported.get(
              part.kind() === 'pair_pattern' ? (part.field('key')?.text() ?? '') : part.text(),
            )
            if (next === undefined) continue
            const local = part.kind() === 'pair_pattern' ? (part.field('value')?.text() ?? '') : part.text()
            edits.push(replaceNode(part, next === local ? next : `${next}: ${local}`))
          }
        }
        if (!imports) return { text: source, left: [] }
        const changed = editText(source, edits)
        return { text: rewriteText(file, changed, rules) ?? changed, left: [] }
      },
      (value) => {
        const version = text(options['version'])
        let changed = false
        for (const key of ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies']) {
          const found = section(value, key)
          if (found?.[name] === undefined) continue
          const next = version ?? found[name]
          if (renamed !== null) delete found[name]
          found[renamed ?? name] = next
          changed = true
        }
        return changed
      },
    )(unit, tree, options)
  },
}
