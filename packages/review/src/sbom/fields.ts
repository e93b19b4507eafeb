/** Whether a parsed value is a table with named fields. */
export const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
/** The fields of a table; none where it is something else. */
export const fieldsOf = (value: unknown): [string, unknown][] => (isTable(value) ? Object.entries(value) : [])
/** A field of a table that is its own, whatever its name; undefined where there is none. */
export const fieldOf = (value: unknown, name: string): unknown =>
  isTable(value) && Object.hasOwn(value, name) ? value[name] : undefined
/** A field that is a text; null where it is missing or something else. */
export const textOf = (value: unknown, name: string): string | null => {
  const field = fieldOf(value, name)
  return typeof field === 'string' ? field : null
}
/** A field that is a list; empty where it is missing or something else. */
export const listOf = (value: unknown, name: string): unknown[] => {
  const field = fieldOf(value, name)
  return Array.isArray(field) ? field : []
}
