import type { ContextConfig } from '@cairn/context'
import type { Store } from '@cairn/journal'
import type { ToolDeclaration } from '@cairn/models'
import type { Tool } from '../tool.ts'

/**
 * The tools that the requests of the present epoch were made with; null where there was none, or where an epoch began since: then
 * the list may change without breaking a cached prefix.
 */
export function lastDeclared(store: Pick<Store, 'read' | 'getBlob'>): readonly ToolDeclaration[] | null {
  let sha256: string | null = null
  for (const event of store.read({ kinds: ['session.environment', 'epoch.started'] })) {
    if (event.kind === 'epoch.started') sha256 = null
    if (event.kind !== 'session.environment') continue
    const config = event.body.facts['config']
    if (typeof config !== 'object' || config === null || Array.isArray(config)) continue
    if (typeof config['sha256'] === 'string') sha256 = config['sha256']
  }
  const blob = sha256 === null ? null : store.getBlob(sha256)
  if (blob === null) return null
  // It was written by recordConfig from a value of this type, and its hash was checked with the journal.
  return (JSON.parse(Buffer.from(blob).toString('utf8')) as ContextConfig).tools
}

/** The same tools again, where each is still what it was; else null. */
export function keepDeclared(
  before: readonly ToolDeclaration[] | null,
  known: readonly (readonly Tool[])[],
): Set<Tool> | null {
  if (before === null) return null
  const byName = new Map(known.flat().map((tool) => [tool.name, tool]))
  const kept = new Set<Tool>()
  for (const declaration of before.filter(({ name }) => name.startsWith('mcp__'))) {
    const tool = byName.get(declaration.name)
    if (tool === undefined || JSON.stringify(tool.declaration) !== JSON.stringify(declaration)) return null
    kept.add(tool)
  }
  return kept
}
