import type { Recipe } from './recipe.ts'

type Style = { open: string; line: string; close: string }

const BLOCK: Style = { open: '/*', line: ' * ', close: ' */' }
const HASH: Style = { open: '', line: '# ', close: '' }
const STYLES: readonly (readonly [RegExp, Style])[] = [
  [
    /\.(?:[cm]?[jt]sx?|java|kt|kts|c|h|cc|cpp|hpp|cs|go|rs|swift|scala|php|css|scss|less|proto|dart)$/u,
    BLOCK,
  ],
  [/\.(?:py|rb|sh|bash|zsh|pl|r|toml|ya?ml|tf|nix|ex|exs|jl)$/u, HASH],
  [/\.(?:html?|xml|svg|vue|svelte|md)$/u, { open: '<!--', line: '  ', close: '-->' }],
  [/\.(?:sql|lua|hs|elm)$/u, { open: '', line: '-- ', close: '' }],
]

/** What has to stay the very first line: an interpreter, an encoding, a document type. */
const FIRST = /^(?:#!.*|<\?.*|<!doctype.*|# -\*-.*|#.*coding[:=].*|---)$/iu

const render = (text: string, style: Style) => [
  ...(style.open === '' ? [] : [style.open]),
  ...text.split('\n').map((line) => (style.line + line).trimEnd()),
  ...(style.close === '' ? [] : [style.close]),
]

/** The comment block that a file begins with, as [first line, line behind it); null where it begins otherwise. */
function leadingComment(lines: readonly string[], from: number, style: Style): [number, number] | null {
  if (style.open !== '') {
    if (!(lines[from] ?? '').trimStart().startsWith(style.open)) return null
    const end = lines.findIndex((line, index) => index >= from && line.includes(style.close.trim()))
    return end === -1 || !(lines[end] ?? '').trimEnd().endsWith(style.close.trim()) ? null : [from, end + 1]
  }
  const mark = style.line.trim()
  const behind = lines.findIndex((line, index) => index >= from && !line.startsWith(mark))
  const end = behind === -1 ? lines.length : behind
  return end === from ? null : [from, end]
}

/** Puts a license header at the top of each file, in the file's comment style; replaces an older one. */
export const licenseHeader: Recipe = {
  name: 'license-header',
  summary: 'put a license header at the top of each file, and replace an older one',
  options: { text: 'the header, without comment marks (required)' },
  run({ files }, tree, options) {
    const header = typeof options['text'] === 'string' ? options['text'].trim() : ''
    const writes = new Map<string, string | null>()
    if (header === '')
      return { writes, left: ['license-header needs options.text: the header without comment marks'] }
    const left: string[] = []
    for (const file of files) {
      const style = STYLES.find(([end]) => end.test(file))?.[1]
      const text = tree.read(file)
      if (style === undefined || text === null) {
        left.push(`${file}: ${text === null ? 'is no text' : 'has no known comment style'}`)
        continue
      }
      const mark = text.startsWith('\uFEFF') ? '\uFEFF' : ''
      const ending = text.includes('\r\n') ? '\r\n' : '\n'
      const lines = text.slice(mark.length).split(ending)
      const kept = FIRST.test(lines[0] ?? '') ? 1 : 0
      const wanted = render(header, style)
      let at = kept
      while (at < lines.length && (lines[at] ?? '').trim() === '') at++
      const old = leadingComment(lines, at, style)
      const isLicense =
        old !== null && /copyright|licen[sc]e|spdx/iu.test(lines.slice(old[0], old[1]).join('\n'))
      const rest = lines.slice(isLicense ? old[1] : at)
      while ((rest[0] ?? '').trim() === '' && rest.length > 1) rest.shift()
      const isEmpty = rest.length === 1 && rest[0] === ''
      const result =
        mark + [...lines.slice(0, kept), ...wanted, ...(isEmpty ? [] : ['']), ...rest].join(ending)
      if (result !== text) writes.set(file, result)
    }
    return { writes, left }
  },
}
