import type { Json } from '@cairn/journal'
import type { Tool } from '../tool.ts'

/** More would fill the context of every request. */
const MOST_DECLARED = 40
const MOST_DECLARED_BYTES = 32_768

const isTable = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Keywords that providers refuse at the top of a schema, and the whole request with it. */
const REFUSED = ['$ref', 'oneOf', 'anyOf', 'allOf', 'not', 'enum', 'const', 'if']
const PROPERTY = /^[\w.-]{1,64}$/u

/** Whether every provider takes it: a plain object at the top, and names of arguments that are words. */
function isDeclarable({ declaration }: Pick<Tool, 'declaration'>): boolean {
  const { schema } = declaration
  // A schema came out of JSON, or was made as such.
  const { type, properties } = schema as { [key: string]: Json }
  if (type !== 'object' || REFUSED.some((key) => Object.hasOwn(schema, key))) return false
  if (properties === undefined) return true
  return (
    isTable(properties) &&
    Object.entries(properties).every(
      ([key, value]) => PROPERTY.test(key) && (isTable(value) || value === true),
    )
  )
}

/**
 * The tools that are declared to the model: all of a server or none of it, smaller servers first, at most 40 with 32 KiB. So that one
 * large server does not push the others out, and the model need not guess which part of one it sees.
 */
export function chooseDeclared(servers: readonly (readonly Tool[])[]): Set<Tool> {
  const sizes = servers
    .map((tools) => {
      const fit = tools.filter(isDeclarable)
      return { fit, bytes: fit.reduce((sum, tool) => sum + JSON.stringify(tool.declaration).length, 0) }
    })
    .toSorted((a, b) => a.bytes - b.bytes)
  const chosen = new Set<Tool>()
  let bytes = 0
  for (const one of sizes) {
    if (chosen.size + one.fit.length > MOST_DECLARED || bytes + one.bytes > MOST_DECLARED_BYTES) continue
    bytes += one.bytes
    for (const tool of one.fit) chosen.add(tool)
  }
  return chosen
}
