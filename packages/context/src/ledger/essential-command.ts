/** A stretch of a shell line. `filtered`: what it put out went through a filter, whose exit code is not its own. */
export interface CommandSpan {
  start: number
  end: number
  filtered: boolean
}

interface Segment {
  start: number
  end: number
  /** The operator before it; empty for the first. */
  after: string
}

/** Looking around: what it showed is in the journal. */
const LOOKS =
  /^(?:ls|ll|cat|head|tail|e?f?grep|rg|ag|find|fd|wc|stat|file|which|type|pwd|echo|printf|env|date|whoami|id|uname|df|du|tree|diff|cmp|sort|uniq|cut|nl|column|jq|yq|awk|tr|tee|xargs|basename|dirname|realpath|readlink|ps|md5sum|sha1sum|sha256sum|hexdump|xxd|less|more|man)$/
/** Moving files, keeping the tree, editing by stream: done once, nothing to learn from. */
const CHORES =
  /^(?:git|sed|perl|mkdir|cp|mv|rm|rmdir|touch|chmod|chown|ln|kill|pkill|sleep|export|unset|source|\.|set|true|false|clear|exit|test|\[|\[\[|wait|trap|cd|pushd|popd|for|do|done|while|if|then|else|fi|case|esac|apply_patch)$/
/** Programs whose text is in the line: written for one occasion. */
const INLINE = /^(?:node|deno|bun|python[\d.]*|ruby|perl|php|sh|bash|zsh)$/

/**
 * The part of a shell line that is worth running again: without looking around, chores and filters. Null where nothing
 * is left. Reads quotes and operators, not the whole grammar: what it cannot read counts as one command.
 */
export function essentialCommand(line: string): CommandSpan | null {
  if (line.includes('<<')) return null
  const segments = split(line)
  const first = segments.findIndex((segment) => isEssential(line, segment))
  const last = segments.findLastIndex((segment) => isEssential(line, segment))
  const [head, tail] = [segments[first], segments[last]]
  if (!head || !tail) return null
  const before = segments[first - 1]
  const moved = before && head.after === '&&' && nameOf(line, before) === 'cd'
  const text = line.slice(tail.start, tail.end)
  return {
    start: moved ? before.start : head.start,
    end: tail.start + text.replace(/(?:\s*(?:2>&1|[12&]?>\s*\/dev\/null))+\s*$/, '').length,
    filtered: segments[last + 1]?.after === '|',
  }
}

function isEssential(line: string, segment: Segment): boolean {
  const name = nameOf(line, segment)
  if (/^(?:$|#|[\d&]*[<>])/.test(name) || LOOKS.test(name) || CHORES.test(name)) return false
  if (!INLINE.test(name)) return true
  return !/\s-(?:e|c|p|-eval)\b/.test(line.slice(segment.start, segment.end))
}

/** The program that a segment runs, without its folder. */
function nameOf(line: string, { start, end }: Segment): string {
  const words = line
    .slice(start, end)
    .replace(/^[\s({!]+/, '')
    .split(/\s+/)
  const word = words.find((candidate) => !/^\w+=/.test(candidate) && candidate !== 'sudo') ?? ''
  return word.startsWith('./') ? word : (word.split('/').at(-1) ?? '')
}

/** Cuts at operators outside of quotes; the spans are without surrounding space. */
function split(line: string): Segment[] {
  const segments: Segment[] = []
  let [from, after] = [0, '']
  let quote = ''
  const push = (to: number) => {
    const text = line.slice(from, to)
    const start = from + (text.length - text.trimStart().length)
    if (text.trim() !== '') segments.push({ start, end: start + text.trim().length, after })
  }
  for (let at = 0; at < line.length; at++) {
    const char = line[at] ?? ''
    if (char === '\\') at++
    else if (quote !== '') quote = char === quote ? '' : quote
    else if (char === '"' || char === "'" || char === '`') quote = char
    else {
      const operator = /^(?:&&|\|\||[|;\n])/.exec(line.slice(at, at + 2))?.[0]
      if (operator === undefined) continue
      push(at)
      after = operator
      at += operator.length - 1
      from = at + 1
    }
  }
  push(line.length)
  return segments
}
