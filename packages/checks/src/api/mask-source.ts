/**
 * A source text of JavaScript or TypeScript with the contents of comments, strings, templates and regular expressions
 * blanked out, so that brackets and words can be counted. Same length as the source.
 */
export function maskSource(source: string): string {
  const out = source.split('')
  const blank = (from: number, to: number) => {
    for (let at = from; at < to && at < out.length; at++) if (out[at] !== '\n') out[at] = ' '
  }
  /** Depth of braces at which each open template goes on. */
  const templates: number[] = []
  let depth = 0
  let at = 0
  while (at < source.length) {
    const char = source[at]
    const next = source[at + 1]
    if (char === '/' && (next === '/' || next === '*')) {
      const end = next === '/' ? source.indexOf('\n', at) : source.indexOf('*/', at + 2) + 2
      const stop = end < (next === '/' ? 0 : 2) ? source.length : end
      blank(at, stop)
      at = stop
    } else if (char === '"' || char === "'") {
      const end = endOfString(source, at, char)
      blank(at + 1, end)
      at = end + 1
    } else if (char === '`' || (char === '}' && templates.at(-1) === depth)) {
      if (char === '}') templates.pop()
      const end = endOfTemplate(source, at + 1)
      blank(char === '}' ? at : at + 1, end)
      if (source[end] === '$') {
        blank(end, end + 2)
        templates.push(depth)
        at = end + 2
      } else at = end + 1
    } else if (char === '/' && startsRegex(source, at)) {
      const end = endOfRegex(source, at)
      blank(at + 1, end)
      at = end + 1
    } else {
      if (char === '{') depth++
      if (char === '}') depth--
      at++
    }
  }
  return out.join('')
}

function endOfString(source: string, start: number, quote: string): number {
  for (let at = start + 1; at < source.length; at++) {
    if (source[at] === '\\') at++
    else if (source[at] === quote || source[at] === '\n') return at
  }
  return source.length
}

/** At the closing backtick, or at the `$` of a placeholder. */
function endOfTemplate(source: string, start: number): number {
  for (let at = start; at < source.length; at++) {
    if (source[at] === '\\') at++
    else if (source[at] === '`' || (source[at] === '$' && source[at + 1] === '{')) return at
  }
  return source.length
}

const BEFORE_REGEX =
  /(?:^|[(,=:[!&|?{};+\-*%^~<>]|\b(?:return|typeof|case|in|of|delete|void|throw|new|do|else|await|yield))\s*$/

function startsRegex(source: string, at: number): boolean {
  return BEFORE_REGEX.test(source.slice(Math.max(0, at - 40), at))
}

function endOfRegex(source: string, start: number): number {
  let inClass = false
  for (let at = start + 1; at < source.length; at++) {
    const char = source[at]
    if (char === '\\') at++
    else if (char === '\n') return start
    else if (char === '[') inClass = true
    else if (char === ']') inClass = false
    else if (char === '/' && !inClass) return at
  }
  return start
}
