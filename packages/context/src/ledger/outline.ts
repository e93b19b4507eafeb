export interface Signature {
  name: string
  /** Verbatim slice of the source. */
  text: string
  start: number
}

const MAX_SOURCE = 262_144
const MAX_SIGNATURES = 40
const LANGUAGES: { file: RegExp; line: RegExp; body: RegExp; owner?: RegExp; method?: RegExp }[] = [
  {
    file: /\.(?:[cm]?[jt]sx?|vue|svelte)$/,
    line: /^export\s+(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:function\s*\*?|class|const|let|var|interface|type|enum)\s+([\w$]+)|^(?:module\.)?exports\.([\w$]+)\s*=/,
    body: /^export\s+(?:declare\s+)?(?:interface|type|enum)\b/,
  },
  {
    file: /\.pyi?$/,
    line: /^(?:async\s+)?def\s+([a-zA-Z]\w*)\s*\(|^class\s+([A-Za-z]\w*)/,
    body: /^(?!)/,
    owner: /^class\s+([A-Za-z]\w*)/,
    method: /^ {2,4}(?:async\s+)?def\s+([a-zA-Z]\w*|__init__|__call__)\s*\(/,
  },
  {
    file: /\.go$/,
    line: /^func\s+(?:\([^)]*\)\s*)?([A-Z]\w*)|^type\s+([A-Z]\w*)\s/,
    body: /^type\s+\w+\s+(?:struct|interface)\b/,
  },
]
const TEST_FILE =
  /(?:\.|_|\/)(?:test|spec)s?\.[a-z]+$|(?:^|\/)(?:__tests__|tests?)\/|_test\.go$|(?:^|\/)test_[^/]*\.py$|\.d\.ts$/

/** Whether `outline` knows the language of a file and the file is no test. */
export function hasOutline(path: string): boolean {
  return !TEST_FILE.test(path) && LANGUAGES.some((language) => language.file.test(path))
}

/** Exported signatures of a source file, by a scan of its lines: what other code may rely on. */
export function outline(path: string, source: string): Signature[] {
  const language = LANGUAGES.find((candidate) => candidate.file.test(path))
  if (!language || TEST_FILE.test(path)) return []
  const text = source.length > MAX_SOURCE ? source.slice(0, MAX_SOURCE) : source
  const found: Signature[] = []
  let owner = ''
  let start = 0
  while (start < text.length && found.length < MAX_SIGNATURES) {
    const newline = text.indexOf('\n', start)
    const end = newline < 0 ? text.length : newline
    const line = text.slice(start, Math.min(end, start + 400))
    const top = language.line.exec(line)
    if (/^\S/.test(line)) owner = language.owner?.exec(line)?.[1] ?? (/^[@#)\]}]/.test(line) ? owner : '')
    const method = owner === '' ? null : (language.method?.exec(line)?.[1] ?? null)
    const name = top?.[1] ?? top?.[2] ?? (method === null ? null : `${owner}.${method}`)
    if (name !== null && name !== undefined) {
      const from = start + (line.length - line.trimStart().length)
      const signature = signatureAt(text, from, language.body.test(line))
      found.push({ name, text: signature, start: from })
    }
    start = end + 1
  }
  return found
}

/** From the start of a declaration to its body, or through the body where the body is the contract. */
function signatureAt(text: string, start: number, withBody: boolean): string {
  let depth = 0
  const limit = Math.min(text.length, start + 600)
  for (let at = start; at < limit; at++) {
    const char = text[at]
    if (char === '(' || char === '[' || (char === '{' && (withBody || depth > 0))) depth++
    else if (char === ')' || char === ']' || (char === '}' && depth > 0)) {
      depth--
      if (withBody && depth === 0 && char === '}') return text.slice(start, at + 1)
    } else if (
      depth === 0 &&
      (char === '{' || char === '\n' || (char === '=' && text[at + 1] === '>') || char === ';')
    )
      return text.slice(start, at).replace(/[\s:=,{]+$/, '')
  }
  const cut = text.slice(start, limit)
  return cut.slice(0, Math.max(1, cut.lastIndexOf('\n'))).trimEnd()
}
