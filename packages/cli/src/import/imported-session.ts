import type { ImportedStep, ImportSource } from '@cairn/agent/import'

/** What a reader of a format finds in a file. */
export interface ImportedSession extends Pick<ImportSource, 'source' | 'session' | 'agent' | 'leftOut'> {
  title: string | null
  /** The model that was asked, where the file says it. */
  model: string | null
  steps: ImportedStep[]
}

type JsonObject = { [key: string]: unknown }

/** The value as an object; an empty one for everything else, so that foreign files are read field by field. */
export const objectOf = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}

export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

export const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** A whole number that is not negative, else zero. */
export const countOf = (value: unknown): number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0

/** Milliseconds since the epoch of a text with a date, else null. */
export function timeOf(value: unknown): number | null {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isSafeInteger(time) && time >= 0 ? time : null
}

/** The arguments of a call as text: what is text stays as it is. */
export const argumentsOf = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value ?? {}) ?? '{}')

/** Each line of a text that is a JSON object; null where one that is not empty is none. */
export function objectsOfLines(text: string): JsonObject[] | null {
  const found: JsonObject[] = []
  const lines = text.split('\n')
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue
    try {
      const value: unknown = JSON.parse(line)
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
      found.push(value as JsonObject)
    } catch {
      // A program that was killed leaves half a line at the end.
      if (index < lines.length - 2 || found.length === 0) return null
    }
  }
  return found.length === 0 ? null : found
}
