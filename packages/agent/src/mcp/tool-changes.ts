import type { McpToolSpec } from './tool-list.ts'

const partsOf = ({ description, schema, readOnly }: McpToolSpec): [what: string, text: string][] => [
  ['description', description],
  ['arguments', JSON.stringify(schema)],
  ['says that it only reads', String(readOnly)],
]

/** What a server says otherwise than before, as lines for a person: `+` a new tool, `-` one that is gone, `~` a changed one. */
export function toolChanges(before: readonly McpToolSpec[], after: readonly McpToolSpec[]): string[] {
  const known = new Map(before.map((tool) => [tool.name, tool]))
  const now = new Set(after.map(({ name }) => name))
  const show = (sign: string, tool: McpToolSpec) => [
    `${sign} ${tool.name}`,
    ...partsOf(tool).map(([what, text]) => `  ${sign} ${what}: ${text}`),
  ]
  return [
    ...before.filter(({ name }) => !now.has(name)).flatMap((tool) => [`- ${tool.name}`]),
    ...after.flatMap((tool) => {
      const old = known.get(tool.name)
      if (old === undefined) return show('+', tool)
      const then = partsOf(old)
      const lines = partsOf(tool).flatMap(([what, text], at) =>
        then[at]?.[1] === text ? [] : [`  - ${what}: ${then[at]?.[1] ?? ''}`, `  + ${what}: ${text}`],
      )
      return lines.length === 0 ? [] : [`~ ${tool.name}`, ...lines]
    }),
  ]
}
