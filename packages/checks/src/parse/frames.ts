import { isAbsolute, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Frame } from './parsed-output.ts'

/** `fn (place:line:column)` or `place:line:column`, with the marks that Node, TAP and vitest put before it. */
const frameLine =
  /^\s*(?:at |❯ )?(?:(async )?(?:new )?([^\s()][^()]*?) ?\()?((?:file:\/\/|\/|\.{0,2}\/?[\w@.-])[^():]*):(\d+)(?::(\d+))?\)?/

/**
 * A path as printed by a tool, relative to the workspace; null where it lies outside or in `node_modules`.
 * `roots`: every absolute path under which the workspace is visible (itself and the folder shown in its place).
 */
export function workspacePath(printed: string, roots: readonly string[]): string | null {
  let path = printed
  if (path.startsWith('file://')) {
    try {
      path = fileURLToPath(path)
    } catch {
      return null
    }
  }
  for (const root of roots) {
    const inside = relative(root, isAbsolute(path) ? path : resolve(root, path))
    if (inside === '' || inside.startsWith('..') || isAbsolute(inside)) continue
    // What cairn itself put there to run the tests is no more the project's than its packages are.
    if (/(?:^|\/)node_modules\/|^\.cairn-/.test(inside)) return null
    return inside.replaceAll('\\', '/')
  }
  return null
}

/** One line of a stack trace; null where it is none, or points outside the workspace. */
function parseFrame(line: string, roots: readonly string[]): Frame | null {
  const found = frameLine.exec(line)
  if (found === null) return null
  const place = found[3] ?? ''
  if (place.startsWith('node:')) return null
  const file = workspacePath(place.trim(), roots)
  if (file === null || !/\.[cm]?[jt]sx?$/.test(file)) return null
  return {
    file,
    line: Number(found[4]),
    column: found[5] === undefined ? null : Number(found[5]),
    fn: found[2]?.trim() ?? null,
  }
}

/** All workspace frames in lines of text, innermost first. */
export function parseFrames(lines: readonly string[], roots: readonly string[]): Frame[] {
  return lines.map((line) => parseFrame(line, roots)).filter((frame) => frame !== null)
}

/** Whether a line belongs to a stack, inside the workspace or not. */
export function isStackLine(line: string): boolean {
  return /^\s*at (?:async )?\S.*(?::\d+:\d+\)?|\(<anonymous>\)|\(index \d+\))( \{)?$/.test(line)
}
