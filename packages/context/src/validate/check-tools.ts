import type { ToolDeclaration } from '@cairn/models'
import type { ShapeRules } from './shape-rules.ts'
import type { Sink } from './violation.ts'

/** Declared tools: names allowed and unique, schemas of an object. */
export function checkTools(sink: Sink, rules: ShapeRules, tools: readonly ToolDeclaration[]): void {
  const names = new Set<string>()
  for (const tool of tools) {
    if (!rules.toolName.test(tool.name)) sink.add('tool-name', -1, `tool name "${tool.name}" is not allowed`)
    if (names.has(tool.name)) sink.add('duplicate-tool', -1, `tool "${tool.name}" is declared twice`)
    names.add(tool.name)
    if (tool.freeform === undefined && tool.schema['type'] !== 'object') {
      sink.add('tool-schema', -1, `schema of tool "${tool.name}" is not of type object`)
    }
  }
}
