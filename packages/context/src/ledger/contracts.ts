import type { Event, Json, Span } from '@cairn/journal'
import { addEntry, closeEntry } from './add-entry.ts'
import type { LedgerState, PendingCall } from './ledger-state.ts'
import { hasOutline, outline } from './outline.ts'
import type { LedgerPorts } from './ports.ts'

const CONTENT_ARGUMENTS = ['content', 'contents', 'text', 'file_text', 'new_text', 'code', 'source']

/** Keeps the exported signatures of written files as contracts: new ones in, changed ones replaced, removed ones void. */
export function trackContracts(
  state: LedgerState,
  event: Event<'tool.done'>,
  call: PendingCall | undefined,
  ports: LedgerPorts,
  next: () => number,
): void {
  for (const [index, file] of (event.body.files ?? []).entries()) {
    if (file.op === 'seen' || !hasOutline(file.path)) continue
    const known = state.symbols.get(file.path) ?? new Map<string, string>()
    const written =
      file.op === 'wrote'
        ? contentOf(event, index, call, ports)
        : { text: '', seq: event.seq, field: '', complete: true }
    if (!written) continue
    const names = new Set<string>()
    for (const signature of outline(file.path, written.text)) {
      names.add(signature.name)
      const text = `${file.path}: ${signature.text}`
      const old = state.entries.get(known.get(signature.name) ?? '')
      const sources: Span[] = [
        {
          seq: written.seq,
          field: written.field,
          start: signature.start,
          end: signature.start + signature.text.length,
        },
        { seq: event.seq, field: `files.${index}.path`, start: 0, end: file.path.length },
      ]
      if (old && old.text === text && state.live.has(old.id)) {
        old.sources = sources
        continue
      }
      const key = `export:${file.path}#${signature.name}`
      const entry = addEntry(
        state,
        {
          type: 'contract',
          polarity: 1,
          text,
          authority: 'agent',
          scope: { paths: [file.path] },
          sources,
          claims: [{ key, value: signature.text, base: key, subject: null }],
          cue: null,
        },
        next(),
      )
      if (entry) known.set(signature.name, entry.id)
    }
    if (written.complete) {
      for (const [name, id] of known) {
        const entry = state.entries.get(id)
        if (names.has(name)) continue
        if (entry) closeEntry(state, entry, 'void', null)
        known.delete(name)
      }
    }
    if (known.size > 0) state.symbols.set(file.path, known)
    else state.symbols.delete(file.path)
  }
}

interface Written {
  text: string
  seq: number
  field: string
  /** Whether it is the whole file: only then does an absent name mean a removed one. */
  complete: boolean
}

function contentOf(
  event: Event<'tool.done'>,
  index: number,
  call: PendingCall | undefined,
  ports: LedgerPorts,
): Written | null {
  const after = event.body.files?.[index]?.after
  const bytes = after ? ports.blob(after) : null
  if (bytes)
    return {
      text: new TextDecoder().decode(bytes),
      seq: event.seq,
      field: `files.${index}.after`,
      complete: true,
    }
  const written = (event.body.files ?? []).filter((file) => file.op === 'wrote').length
  if (!call || written !== 1 || !isObject(call.args)) return null
  for (const name of CONTENT_ARGUMENTS) {
    const value = call.args[name]
    if (typeof value === 'string')
      return {
        text: value,
        seq: call.seq,
        field: `${call.field}.${name}`,
        complete: event.body.files?.[index]?.before === null || name === 'content',
      }
  }
  return null
}

function isObject(value: Json): value is { [key: string]: Json } {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
