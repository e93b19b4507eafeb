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
  /\.(?:[cm]?[jt]sx?|py|sh|bash|ya?ml|env|json|toml|properties|ini|html?|ejs|hbs|handlebars|mustache|pug|jade|njk|jinja2?|j2|vue|svelte)$|(?:^|\/)(?:Dockerfile|Containerfile|Makefile)(?:\.\w+)?$|(?:^|\/)\.env(?:\.\w+)?$/i
/** Bytes of a file that is read. */
const AUDITED_BYTES = 1_500_000

export interface InputFile {
  /** Relative to the root, with forward slashes. */
  path: string
  text: string
}

/** Whether an audit looks at a file of this name; folders of dependencies and of what is built count as well. */
export function isAudited(path: string): boolean {
  const folders = path.split('/').slice(0, -1)
  return (
    interesting.test(path) &&
    !/(?:^|\/)(?:package-lock|npm-shrinkwrap)\.json$|\.d\.[cm]?ts$/.test(path) &&
    !folders.some((name) => skipped.has(name) || (name.startsWith('.') && name !== '.github'))
  )
}

/** Whether a text is minified: built, not written. */
export const isBuilt = (path: string, text: string): boolean =>
  /\.min\.[cm]?js$/.test(path) || (text.length > 50_000 && text.length / (text.split('\n').length + 1) > 500)

/** Reads what an audit looks at: sources, scripts, workflows and configuration, without dependencies and what is built. */
export function findSourceFiles(root: string): { files: InputFile[]; unread: string[] } {
  const files: InputFile[] = []
  const unread: string[] = []
  const read = (path: string, full: string): void => {
    try {
      const { size } = lstatSync(full)
      if (size > AUDITED_BYTES) unread.push(path)
      else {
        const text = readFileSync(full, 'utf8')
        if (isBuilt(path, text)) unread.push(path)
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
      } else if (entry.isFile() && isAudited(path)) read(path, join(root, path))
    }
  }
  if (lstatSync(root).isDirectory()) walk('')
  return { files, unread }
}
