import { maskSource } from './mask-source.ts'

/** Exported names of one module, each with its signature; a re-export stands under `from <specifier>`. */
export type ExportedApi = ReadonlyMap<string, string>

const EXPORT = /(?:^|[\n;}])[ \t]*export\b/g
const DECLARATION =
  /^(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(function\s*\*?|class|const|let|var|interface|type|enum|namespace)\s*([\w$]+)?/
const CLAUSE = /^(?:type\s+)?(?:\{([^}]*)\}|\*(?:\s+as\s+([\w$]+))?)\s*(?:from\b)?/
const PYTHON = /^(?:async\s+)?(?:def|class)\s+([A-Za-z]\w*)/
const GO = /^(?:func\s+(?:\([^)]*\)\s*)?([A-Z]\w*)|type\s+([A-Z]\w*))/

/**
 * What other code can rely on of a module, by its text alone: exports of JavaScript and TypeScript with parameters, types
 * and members of classes, public definitions of Python and exported ones of Go. Bodies and values do not count. Null for
 * files of other languages.
 */
export function exportedApi(path: string, source: string): ExportedApi | null {
  if (/\.[cm]?[jt]sx?$/.test(path)) return ofScript(source)
  if (/\.pyi?$/.test(path)) return ofLines(source, PYTHON, (name) => !name.startsWith('_'))
  if (path.endsWith('.go')) return ofLines(source, GO, () => true)
  return null
}

/** What an API lost or changed, in words; what it gained is no break. */
export function apiBreaks(before: ExportedApi, after: ExportedApi): string[] {
  return [...before].flatMap(([name, signature]) => {
    const now = after.get(name)
    if (now === undefined) return [`\`${name}\` is no longer exported`]
    return now === signature
      ? []
      : [`the signature of \`${name}\` changes from \`${short(signature)}\` to \`${short(now)}\``]
  })
}

const short = (text: string) => (text.length > 120 ? `${text.slice(0, 120)}…` : text)
const plain = (text: string) => text.replaceAll(/\s+/g, ' ').trim()

function ofScript(source: string): ExportedApi {
  const mask = maskSource(source)
  const api = new Map<string, string>()
  let scanned = 0
  let depth = 0
  for (const match of mask.matchAll(EXPORT)) {
    const start = match.index + match[0].length
    for (; scanned < start; scanned++) depth += step(mask[scanned])
    if (depth === 0) addExport(source, mask, start + (/^\s*/.exec(mask.slice(start))?.[0].length ?? 0), api)
  }
  for (const match of mask.matchAll(/(?:^|\n)(?:module\.)?exports\.([\w$]+)\s*=/g))
    api.set(match[1] ?? '', valueSignature(source, mask, match.index + match[0].length))
  return api
}

const step = (char: string | undefined) =>
  char === '{' || char === '(' || char === '[' ? 1 : char === '}' || char === ')' || char === ']' ? -1 : 0

function addExport(source: string, mask: string, start: number, api: Map<string, string>): void {
  const rest = mask.slice(start, start + 4000)
  const declared = DECLARATION.exec(rest)
  if (declared === null) {
    const clause = CLAUSE.exec(rest)
    if (clause === null) {
      if (rest.startsWith('default')) api.set('default', 'default')
      return
    }
    const from = /^[^;\n]*\bfrom\s*(['"])/.exec(source.slice(start))
    const at = from === null ? -1 : start + from[0].length
    const specifier = at < 0 ? null : source.slice(at, source.indexOf(from?.[1] ?? '"', at))
    if (clause[1] === undefined) {
      const name = clause[2] ?? `* from ${specifier ?? ''}`
      api.set(name, `* from ${specifier ?? ''}`)
      return
    }
    for (const item of clause[1].split(',')) {
      const name = /(?:\bas\s+)?([\w$]+)\s*$/.exec(item.trim())?.[1]
      if (name !== undefined) api.set(name, specifier === null ? 'local' : `from ${specifier}`)
    }
    return
  }
  const [head, kind = '', name = 'default'] = declared
  const key = rest.startsWith('default') ? 'default' : name
  const after = start + head.length
  // Overloads of one function follow each other.
  const earlier = api.get(key)
  const signature = signatureOf(source, mask, start, after, kind)
  api.set(key, earlier === undefined || earlier === 'local' ? signature : `${earlier} | ${signature}`)
}

function signatureOf(source: string, mask: string, start: number, after: number, kind: string): string {
  if (kind.startsWith('function')) return plain(source.slice(start, headEnd(mask, after)))
  if (kind === 'class') {
    const open = mask.indexOf('{', after)
    return open < 0
      ? plain(source.slice(start, after))
      : `${plain(source.slice(start, open))} { ${members(source, mask, open).join('; ')} }`
  }
  if (kind === 'const' || kind === 'let' || kind === 'var') {
    const equals = topLevel(mask, after, /[=;\n]/, /=>/)
    const head = plain(source.slice(start, equals)).replace(/^declare /, '')
    return mask[equals] === '=' ? `${head} ${valueSignature(source, mask, equals + 1)}`.trim() : head
  }
  if (kind === 'type') return plain(source.slice(start, endOfType(mask, after)))
  const open = mask.indexOf('{', after)
  return open < 0 ? plain(source.slice(start, after)) : plain(source.slice(start, closing(mask, open) + 1))
}

/** Parameters where the value is a function; else nothing: values are no part of an API. */
function valueSignature(source: string, mask: string, from: number): string {
  const start = from + (/^\s*/.exec(mask.slice(from))?.[0].length ?? 0)
  const rest = mask.slice(start, start + 200)
  if (/^(?:async\s+)?function\b/.test(rest)) return plain(source.slice(start, headEnd(mask, start)))
  if (/^(?:async\s*)?(?:<[^>]*>\s*)?\(/.test(rest) || /^(?:async\s+)?[\w$]+\s*=>/.test(rest)) {
    const arrow = mask.indexOf('=>', start)
    const open = mask.indexOf('(', start)
    const end = open >= 0 && open < arrow ? mask.indexOf('=>', closing(mask, open)) : arrow
    if (end > start) return plain(source.slice(start, end))
  }
  return ''
}

/** Where the head of a function ends: at its body, or at the end of an overload or declaration. */
function headEnd(mask: string, from: number): number {
  const open = mask.indexOf('(', from)
  if (open < 0) return from
  let at = closing(mask, open) + 1
  // A return type may itself be an object type.
  for (; at < mask.length; at++) {
    const char = mask[at]
    if (char === ';' || char === '\n') return at
    if (char === '{') {
      if (!/[:|&<,]\s*$|\bis\s*$|=>\s*$/.test(mask.slice(Math.max(0, at - 20), at))) return at
      at = closing(mask, at)
    } else if (char === '(' || char === '[') at = closing(mask, at)
  }
  return at
}

/** Public members of a class, without bodies. */
function members(source: string, mask: string, open: number): string[] {
  const end = closing(mask, open)
  const found: string[] = []
  let at = open + 1
  while (at < end) {
    const stop = memberEnd(mask, at, end)
    const text = plain(source.slice(at, stop.head))
    if (text !== '' && !/^(?:static\s+)?(?:#|private\b|@)/.test(text) && !/^static$/.test(text))
      found.push(text)
    at = stop.next
  }
  return found
}

function memberEnd(mask: string, from: number, end: number): { head: number; next: number } {
  let head = -1
  for (let at = from; at < end; at++) {
    const char = mask[at]
    if (char === '(' || char === '[') at = closing(mask, at)
    else if (char === '=' && mask[at + 1] !== '>' && head < 0) head = at
    else if (char === '{') {
      const close = closing(mask, at)
      const isType = head < 0 && /[:|&<,]\s*$/.test(mask.slice(Math.max(0, at - 20), at))
      if (!isType && head < 0) return { head: at, next: close + 1 }
      at = close
    } else if (char === ';') return { head: head < 0 ? at : head, next: at + 1 }
    else if (
      char === '\n' &&
      /\S/.test(mask.slice(from, at)) &&
      /^\s*(?:[\w$#@[*'"]|$)/.test(mask.slice(at + 1, end))
    )
      return { head: head < 0 ? at : head, next: at + 1 }
  }
  return { head: head < 0 ? end : head, next: end }
}

function endOfType(mask: string, from: number): number {
  for (let at = from; at < mask.length; at++) {
    const char = mask[at]
    if (char === ';') return at
    if (char === '{' || char === '(' || char === '[') at = closing(mask, at)
    else if (
      char === '\n' &&
      /^\s*(?:export|import|const|let|var|function|class|interface|type|enum|async|declare|\/\/|$)\b|^\s*$/.test(
        lineAt(mask, at + 1),
      ) &&
      !/[=|&]\s*$/.test(mask.slice(from, at))
    )
      return at
  }
  return mask.length
}

const lineAt = (mask: string, at: number) =>
  mask.slice(at, (mask.indexOf('\n', at) + mask.length + 1) % (mask.length + 1))

function topLevel(mask: string, from: number, stop: RegExp, not: RegExp): number {
  for (let at = from; at < mask.length; at++) {
    const char = mask[at] ?? ''
    if (char === '{' || char === '(' || char === '[') at = closing(mask, at)
    else if (stop.test(char) && !not.test(mask.slice(at, at + 2))) return at
  }
  return mask.length
}

function closing(mask: string, open: number): number {
  let depth = 0
  for (let at = open; at < mask.length; at++) {
    depth += step(mask[at])
    if (depth === 0) return at
  }
  return mask.length
}

function ofLines(source: string, pattern: RegExp, isPublic: (name: string) => boolean): ExportedApi {
  const api = new Map<string, string>()
  const lines = source.split('\n')
  for (const [index, line] of lines.entries()) {
    const match = pattern.exec(line)
    const name = match?.[1] ?? match?.[2]
    if (name === undefined || !isPublic(name)) continue
    // A head may go on over several lines, up to the bracket that closes its parameters.
    let head = line
    for (let next = index + 1; balance(head) > 0 && next < index + 40; next++) head += ` ${lines[next] ?? ''}`
    api.set(name, plain(head.replace(/[:{]\s*$/, '')))
  }
  return api
}

const balance = (text: string) =>
  [...text].reduce((sum, char) => sum + (char === '{' || char === '}' ? 0 : step(char)), 0)
