import type { FileEffect } from '@cairn/journal'
import type { DiskChange } from './trace.ts'
import { sha256 } from './work-tree.ts'

/**
 * Follows the files of a recording as far as it shows them: whole reads, writes, and edits of texts that are known.
 * What a shell command did to files is not in a recording.
 */
export class FileTracker {
  readonly #texts = new Map<string, string>()

  effectOf(
    tool: string,
    args: unknown,
    output: string,
    ok: boolean,
  ): { files: FileEffect[]; disk: DiskChange[] } {
    const none = { files: [], disk: [] }
    if (!ok || typeof args !== 'object' || args === null) return none
    const fields = new Map(Object.entries(args))
    const text = (...names: string[]) => {
      for (const name of names) {
        const value: unknown = fields.get(name)
        if (typeof value === 'string') return value
      }
      return null
    }
    const path = text('path', 'file_path', 'filePath')
    if (path === null) return none
    const old = text('oldText', 'old_string', 'old_str')
    const replacement = text('newText', 'new_string', 'new_str')
    const content = text('content', 'file_text')
    const known = this.#texts.get(path)
    if (old !== null && replacement !== null) {
      if (known === undefined || !known.includes(old)) return none
      return this.#wrote(
        path,
        known,
        known.replace(old, () => replacement),
      )
    }
    if (content !== null) return this.#wrote(path, known ?? null, content)
    const partial = ['offset', 'limit', 'view_range', 'start_line'].some((name) => fields.has(name))
    if (!tool.startsWith('read') || partial || output.length < 2) return none
    this.#texts.set(path, output)
    return { files: [{ path, op: 'seen', after: sha256(output) }], disk: [{ path, text: output }] }
  }

  #wrote(path: string, before: string | null, after: string): { files: FileEffect[]; disk: DiskChange[] } {
    this.#texts.set(path, after)
    return {
      files: [{ path, op: 'wrote', before: before === null ? null : sha256(before), after: sha256(after) }],
      disk: [{ path, text: after }],
    }
  }
}
