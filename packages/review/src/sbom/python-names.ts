import { parse as parseToml } from 'smol-toml'
import { fieldOf, fieldsOf, listOf, textOf } from './fields.ts'
import { within, type LockContext, type Scope } from './locked-package.ts'

/** The name of a Python package as PEP 503 compares it. */
export const pythonName = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-')

const named = (line: unknown) =>
  typeof line === 'string' ? (/^\s*([A-Za-z0-9][\w.-]*)/.exec(line)?.[1] ?? null) : null

/** What the `pyproject.toml` beside a lock file names and needs; null where none can be read. */
export function pythonProject({ texts, folder }: LockContext) {
  const text = texts.get(within(folder, 'pyproject.toml'))
  if (text === undefined) return null
  let value: unknown
  try {
    value = parseToml(text)
  } catch {
    return null
  }
  const project = fieldOf(value, 'project')
  const poetry = fieldOf(fieldOf(value, 'tool'), 'poetry')
  const wanted = new Map<string, Scope>()
  const put = (name: string | null, scope: Scope) => {
    if (name !== null && name !== 'python') wanted.set(pythonName(name), scope)
  }
  for (const [, list] of fieldsOf(fieldOf(value, 'dependency-groups')))
    if (Array.isArray(list)) for (const one of list) put(named(one), 'dev')
  for (const [, group] of fieldsOf(fieldOf(poetry, 'group')))
    for (const [name] of fieldsOf(fieldOf(group, 'dependencies'))) put(name, 'dev')
  for (const [name] of fieldsOf(fieldOf(poetry, 'dev-dependencies'))) put(name, 'dev')
  for (const [, list] of fieldsOf(fieldOf(project, 'optional-dependencies')))
    if (Array.isArray(list)) for (const one of list) put(named(one), 'optional')
  for (const [name, about] of fieldsOf(fieldOf(poetry, 'dependencies')))
    put(name, fieldOf(about, 'optional') === true ? 'optional' : 'required')
  for (const one of listOf(project, 'dependencies')) put(named(one), 'required')
  return {
    name: textOf(project, 'name') ?? textOf(poetry, 'name'),
    version: textOf(project, 'version') ?? textOf(poetry, 'version'),
    wanted,
  }
}
