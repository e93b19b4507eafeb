import { namesPrivateFile } from '@cairn/guard'
import { realpathSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'

/** Imports of imports, and files in all. */
const MOST_DEEP = 5
const MOST_FILES = 32

/** Paths that a text names as `@path`, outside of code. */
function importedPaths(text: string): string[] {
  const prose = text.replaceAll(/^(?:```|~~~)[\s\S]*?^(?:```|~~~)/gmu, '').replaceAll(/`[^`\n]*`/gu, '')
  const found = prose.matchAll(/(?:^|[\s(])@((?:\.{1,2}\/)*[\w.-]+(?:\/[\w.-]+)*)/gmu)
  return [...found].map(([, path = '']) => path.replace(/[.,;:]+$/u, '')).filter((path) => /[./]/u.test(path))
}

/** The file as it is, where no part of its path is a link and it lies in the repository; else null. */
function insideOf(root: string, path: string): string | null {
  try {
    const expected = resolve(realpathSync(root), relative(root, path))
    const way = relative(realpathSync(root), expected)
    return way.startsWith('..') || realpathSync(expected) !== expected ? null : path
  } catch {
    return null
  }
}

/**
 * Files that an instruction file imports with `@path`, relative to its own folder, as Claude Code and Gemini CLI have it: in order,
 * each once, at most five deep and 32 in all. Only files of the repository, no links, and none whose name says that it holds keys.
 */
export function followImports<T extends { text: string }>(
  root: string,
  start: { path: string; text: string },
  read: (path: string) => T | null,
): T[] {
  const seen = new Set([start.path])
  const files: T[] = []
  const follow = (from: { path: string; text: string }, depth: number) => {
    for (const name of depth > MOST_DEEP ? [] : importedPaths(from.text)) {
      const path = resolve(dirname(from.path), name)
      if (files.length >= MOST_FILES || seen.has(path) || namesPrivateFile(name)) continue
      seen.add(path)
      const file = insideOf(root, path) === null ? null : read(path)
      if (file === null || file.text.includes('\0')) continue
      files.push(file)
      follow({ path, text: file.text }, depth + 1)
    }
  }
  follow(start, 1)
  return files
}
