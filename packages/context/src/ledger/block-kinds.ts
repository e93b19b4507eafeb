/** `quote`: other people's words. `log`: pasted output. `code`: fenced. Only `prose` speaks for its author. */
export type BlockKind = 'prose' | 'quote' | 'log' | 'code' | 'blank'

export interface BlockLine {
  start: number
  end: number
  kind: BlockKind
}

const LOG_LINE =
  /^\s*(?:\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\[?\d\d:\d\d:\d\d\b|at (?:async )?\S+ \(|(?:\S+ )?[➜❯] |\S+@\S+[:~][^ ]*[$#] |node:\w+:\d+|\{"|at (?:async )?\S+:\d+|File "|Traceback|\$ |>>> |npm (?:ERR!|WARN|error)|(?:error|warning|info|debug|trace|fatal|warn)\b\s*[:[\]|]|\[(?:error|warning|info|debug|trace|fatal|warn)\]|(?:ERROR|WARNING|WARN|INFO|DEBUG|FATAL|TRACE)\b|[+-]{3} [ab]\/|@@ |diff --git|index [0-9a-f]{7}|(?:FAIL|PASS|ok|not ok)\s+\S|\w*(?:Error|Exception): |E {3}|\s*\d+ \| |\s*\^+\s*$|={5,}|-{5,}|\S+\(\d+,\d+\): (?:error|warning))/
/** After these, the rest of the paragraph is pasted too, unless a line plainly starts a sentence of its own. */
const PASTE =
  /^\s*(?:at (?:async )?\S+|Traceback|diff --git|(?:\S+ )?[➜❯] |\S+@\S+[:~][^ ]*[$#] |node:\w+:\d+|\{"|\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d)/
const OWN_START =
  /^(?:[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+:|(?:Please|Also|Never|Do not|Don't|Always|Keep|Use|And|But|So|Now|Can|Could|Make|Only|The|This|It|I|We|You|please|also|never|do not|don't|i|we|you)\b)/
const LOG_INTRO =
  /\b(?:log|logs|output|stack ?trace|traceback|console|terminal|error(?: message)?|dump|result|response|diff|stderr|stdout)\b[^.\n]{0,40}:\s*$/i
const QUOTE_INTRO =
  /\b(?:wrote|writes|said|says|told (?:me|us)|from (?:the )?(?:ticket|issue|email|mail|slack|thread|docs?|readme|wiki|review|pr|spec of)|(?:ticket|issue|email|mail|slack|comment|review|message|readme|docs?|article|post|quote|reviewer|customer|colleague)\b[^.\n]{0,40})\s*:\s*$/i
const OWN = /\b(?:I|we)\s+(?:said|told|wrote|want|need|mean)\b/i
/** CommonMark: backticks after the fence make it inline code, and only a bare fence of the same sign, as long or longer, ends it. */
const FENCE = /^\s*(`{3,}(?=[^`]*$)|~{3,})/

const ends = (fence: string, line: string) =>
  line.length >= fence.length && line === fence.charAt(0).repeat(line.length)

/** Sorts the lines of a message by whose words they are. */
export function blockKinds(text: string): BlockLine[] {
  const lines: BlockLine[] = []
  let fence: string | null = null
  let lead: 'quote' | 'log' | null = null
  let leadUsed = false
  let pasted = false
  let start = 0
  while (start <= text.length) {
    const found = text.indexOf('\n', start)
    const end = found < 0 ? text.length : found
    const line = text.slice(start, Math.min(end, start + 2000))
    let kind: BlockKind
    const sign = FENCE.exec(line)?.[1]
    if (fence !== null) {
      if (ends(fence, line.trim())) fence = null
      kind = 'code'
    } else if (sign !== undefined) {
      fence = sign
      kind = 'code'
    } else if (line.trim() === '') {
      kind = 'blank'
      pasted = false
      if (leadUsed) lead = null
    } else if (/^\s*>/.test(line) || /^(?:From|To|Subject|Sent|Cc): /.test(line)) kind = 'quote'
    else if (LOG_LINE.test(line)) {
      kind = 'log'
      if (PASTE.test(line)) pasted = true
    } else if (pasted && !OWN_START.test(line)) kind = 'log'
    else if (lead) {
      kind = lead
      leadUsed = true
    } else {
      kind = 'prose'
      if (!OWN.test(line) && QUOTE_INTRO.test(line)) [lead, leadUsed] = ['quote', false]
      else if (LOG_INTRO.test(line)) [lead, leadUsed] = ['log', false]
    }
    lines.push({ start, end, kind })
    if (found < 0) break
    start = end + 1
  }
  return lines
}
