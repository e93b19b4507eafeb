import { isObject, type JsonObject, objectAt, textAt } from './json-view.ts'
import type { Sink } from './violation.ts'

/** Declarations of function tools in any wire: allowed and unique names, an object schema. */
export function checkDeclarations(
  sink: Sink,
  declared: readonly JsonObject[],
  rules: { name: RegExp; schemaKeys: readonly string[]; schemaRequired: boolean },
): void {
  const names = new Set<string>()
  for (const tool of declared) {
    const name = textAt(tool, 'name')
    if (name === null || !rules.name.test(name))
      sink.add('tool-name', -1, `tool name "${name ?? ''}" is not allowed`)
    if (name !== null && names.has(name)) sink.add('duplicate-tool', -1, `tool "${name}" is declared twice`)
    if (name !== null) names.add(name)
    const schema = rules.schemaKeys.map((key) => objectAt(tool, key)).find((found) => found !== null) ?? null
    if (schema === null) {
      if (rules.schemaRequired) sink.add('tool-schema', -1, `tool "${name ?? ''}" has no schema`)
    } else if (textAt(schema, 'type')?.toLowerCase() !== 'object') {
      sink.add('tool-schema', -1, `schema of tool "${name ?? ''}" is not of type object`)
    }
  }
}

export function objectsOf(list: readonly unknown[] | null): JsonObject[] {
  return list === null ? [] : list.filter(isObject)
}
