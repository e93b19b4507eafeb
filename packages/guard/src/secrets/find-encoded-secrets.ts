import { partsOf } from './literal-detectors.ts'
import { createView, escapeReader, plainReader } from './outbound-view.ts'
import { secretSpellings } from './secret-spellings.ts'
import type { SpelledSecret, Spelling } from './secret-spellings.ts'

/** A registered value that was found in what is about to leave. */
export interface EncodedSecret {
  spelling: Spelling
  /** Which of the values, by its place in the list. */
  index: number
}

/** Looks for secrets in bytes that come in pieces; nothing of a secret is lost between two of them. */
export interface OutboundScan {
  /** A secret that these bytes complete; null where there is none. */
  push(bytes: Uint8Array): EncodedSecret | null
}

export interface OutboundScanner {
  /** Nothing is registered: there is nothing to look for. */
  readonly empty: boolean
  find(text: string | Uint8Array): EncodedSecret | null
  createScan(): OutboundScan
}

/**
 * Whether any of the values stands in the text, in whatever spelling; null where none does. For more than one text make a
 * scanner, which keeps its tables.
 */
export const findEncodedSecrets = (
  text: string | Uint8Array,
  values: readonly string[],
): EncodedSecret | null => createOutboundScanner(values).find(text)

/**
 * Makes a scanner for values that must not leave: in plain text, reversed, in base64 (also twice), base32, hex, percent,
 * decimal codes or rot13, with any separators between the characters, and pieces of random values from 16 characters on.
 * Encryption and compression hide them. Linear in the bytes.
 */
export const createOutboundScanner = (values: readonly string[]): OutboundScanner => {
  let made: Table | null = null
  const empty = values.every((value) => partsOf(value).length === 0)
  const createScan = (): OutboundScan => {
    if (empty) return { push: () => null }
    const table = (made ??= createTable(values))
    const plain = createView(table.keep, plainReader())
    const decoded = createView(table.keep, escapeReader())
    let escaped = false
    return {
      push(bytes) {
        // As long as there is no escape both readings are the same.
        if (!escaped && (bytes.includes(37) || bytes.includes(92) || bytes.includes(38))) {
          escaped = true
          decoded.startFrom(plain.tail())
        }
        return table.search(plain.take(bytes)) ?? (escaped ? table.search(decoded.take(bytes)) : null)
      },
    }
  }
  return {
    empty,
    find: (text) => createScan().push(typeof text === 'string' ? Buffer.from(text) : text),
    createScan,
  }
}

interface Place extends SpelledSecret {
  index: number
  bytes: Uint8Array
  /** Where in `bytes` the piece stands that led here. */
  offset: number
}

interface Table {
  /** Characters of which a secret may still become one. */
  keep: number
  search(text: Uint8Array): EncodedSecret | null
}

/** Characters that are looked up together. */
const gram = 8
const filterBits = 16

const hashAt = (bytes: Uint8Array, at: number): number => {
  let hash = 0
  for (let index = at; index < at + gram; index++) hash = Math.imul(hash ^ (bytes[index] ?? 0), 0x01000193)
  return (hash ^ (hash >>> 15)) >>> 0
}

/**
 * Pieces of every spelling in a table, so close to each other that no run of `least` characters has none; a filter of
 * single bits keeps the search out of the table.
 */
const createTable = (values: readonly string[]): Table => {
  const filter = new Uint8Array(1 << filterBits)
  const places = new Map<number, Place[]>()
  let keep = gram
  for (const [index, value] of values.entries()) {
    for (const spelled of partsOf(value).flatMap(secretSpellings)) {
      const bytes = Buffer.from(spelled.text)
      keep = Math.max(keep, spelled.least)
      for (let offset = 0; offset + gram <= bytes.length; offset += spelled.least - gram + 1) {
        const hash = hashAt(bytes, offset)
        filter[hash & ((1 << filterBits) - 1)] = 1
        places.set(hash, [...(places.get(hash) ?? []), { ...spelled, index, bytes, offset }])
      }
    }
  }
  return {
    keep,
    search(text) {
      for (let at = 0; at + gram <= text.length; at++) {
        const hash = hashAt(text, at)
        if (filter[hash & ((1 << filterBits) - 1)] !== 1) continue
        const found = places.get(hash)?.find((place) => stands(place, text, at))
        if (found !== undefined) return { spelling: found.spelling, index: found.index }
      }
      return null
    },
  }
}

/** Whether enough of the spelling stands around `at`. */
const stands = ({ bytes, offset, least }: Place, text: Uint8Array, at: number): boolean => {
  let before = 0
  while (before < least && before < offset && text[at - before - 1] === bytes[offset - before - 1]) before++
  let after = 0
  while (after < least && offset + after < bytes.length && text[at + after] === bytes[offset + after]) after++
  return before + after >= least && after >= gram
}
