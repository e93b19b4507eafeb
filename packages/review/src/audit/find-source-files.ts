import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const skipped = new Set([
  'node_modules',
  '.git',
  'dist',
  'build',
  'out',
  'vendor',
  'coverage',
  '__pycache__',
  '.venv',
  'venv',
  'env',
  '.next',
  '.nuxt',
  '.tox',
  'site-packages',
  'target',
  '.mypy_cache',
  'bower_components',
  '.pytest_cache',
])
const interesting =
  /\.(?:[cm]?[jt]sx?|py|sh|bash|ya?ml|env|json|toml|properties|ini|html)$|(?:^|\/)(?:Dockerfile|Containerfile|Makefile)(?:\.\w+)?$|(?:^|\/)\.env(?:\.\w+)?$/i
const limit = 1_500_000

export interface InputFile {
  /** Relative to the root, with forward slashes. */
  path: string
  text: string
}

/** Reads what an audit looks at: sources, scripts, workflows and configuration, without dependencies and what is built. */
export function findSourceFiles(root: string): { files: InputFile[]; unread: string[] } {
  const files: InputFile[] = []
  const unread: string[] = []
  const read = (path: string, full: string): void => {
    try {
      const { size } = lstatSync(full)
      if (size > limit) unread.push(path)
      else {
        const text = readFileSync(full, 'utf8')
        // Minified files are built, not written.
        if (
          /\.min\.[cm]?js$/.test(path) ||
          (text.length > 50_000 && text.length / (text.split('\n').length + 1) > 500)
        )
          unread.push(path)
        else files.push({ path, text })
      }
    } catch {
      unread.push(path)
    }
  }
  const walk = (folder: string): void => {
    let entries
    try {
      entries = readdirSync(join(root, folder), { withFileTypes: true })
    } catch {
      unread.push(folder)
      return
    }
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) {
        if (!skipped.has(entry.name) && (!entry.name.startsWith('.') || entry.name === '.github')) walk(path)
      } else if (
        entry.isFile() &&
        interesting.test(path) &&
        !/(?:^|\/)(?:package-lock|npm-shrinkwrap)\.json$|\.d\.[cm]?ts$/.test(path)
      )
        read(path, join(root, path))
    }
  }
  if (lstatSync(root).isDirectory()) walk('')
  return { files, unread }
}
