/** Reading of untyped JSON without casts: what has another type than expected reads as absent. */
export type JsonObject = { readonly [key: string]: unknown }

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function objectAt(value: JsonObject, key: string): JsonObject | null {
  const found = value[key]
  return isObject(found) ? found : null
}

export function listAt(value: JsonObject, key: string): readonly unknown[] | null {
  const found = value[key]
  return Array.isArray(found) ? found : null
}

export function textAt(value: JsonObject, key: string): string | null {
  const found = value[key]
  return typeof found === 'string' ? found : null
}
