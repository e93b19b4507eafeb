import { createHash } from 'node:crypto'
import type { Prng } from '../prng.ts'

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** A file whose every line carries a tag `f<file>.<line>.v<version>`, so that any excerpt tells how old it is. */
export interface VersionedFile {
  index: number
  path: string
  lines: string[]
  versions: number[]
  /** Lines at the start that no later change touches. */
  fixed: number
}

export const LINE_TAG = /\bf(\d+)\.(\d+)\.v(\d+)\b/g

const AREAS = ['net', 'store', 'ui', 'core', 'jobs']
const NAMES = ['relay', 'index', 'frame', 'queue', 'table', 'shape', 'clock', 'guard', 'lease', 'merge']

export class WorkTree {
  readonly files: VersionedFile[] = []
  readonly #prng: Prng

  constructor(prng: Prng, count: number) {
    this.#prng = prng
    for (let i = 0; i < count; i++) {
      const area = AREAS[i % AREAS.length] ?? 'core'
      const name = NAMES[Math.floor(i / AREAS.length) % NAMES.length] ?? 'file'
      this.add(`src/${area}/${name}.ts`, prng.int(30, 110))
    }
  }

  add(path: string, lineCount: number, head: readonly string[] = []): VersionedFile {
    const file: VersionedFile = {
      index: this.files.length,
      path,
      lines: [],
      versions: [],
      fixed: head.length,
    }
    this.files.push(file)
    for (let line = 0; line < lineCount; line++) {
      file.versions.push(1)
      file.lines.push(this.#line(file, line, head[line]))
    }
    return file
  }

  #line(file: VersionedFile, line: number, code?: string): string {
    const text =
      code ??
      `  const ${this.#prng.token(5)} = mix(${this.#prng.token(4)}, 0x${this.#prng.int(256, 65535).toString(16)})`
    return `${text} // f${file.index}.${line}.v${file.versions[line] ?? 1}`
  }

  /** Changes `count` neighbouring lines; gives old and new text of the region. */
  change(file: VersionedFile, count: number): { start: number; before: string; after: string } {
    const size = Math.min(count, file.lines.length - file.fixed)
    const start = this.#prng.int(file.fixed, file.lines.length - size)
    const before = file.lines.slice(start, start + size).join('\n')
    for (let line = start; line < start + size; line++) {
      file.versions[line] = (file.versions[line] ?? 1) + 1
      file.lines[line] = this.#line(file, line)
    }
    return { start, before, after: file.lines.slice(start, start + size).join('\n') }
  }

  text(file: VersionedFile): string {
    return `${file.lines.join('\n')}\n`
  }
}
