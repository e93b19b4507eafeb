import { mentionedPaths } from './derive-scope.ts'
import { labelOf } from './labelled-statements.ts'
import { choiceClaims } from './choice-claims.ts'
import { subjectWords } from './subject.ts'
import { contentWords, slug, stem } from './words.ts'

/** One thing a statement settles. */
export interface Claim {
  /** Normalised subject: two claims with the same key cannot both hold in the same scope. */
  key: string
  value: string
  /** The attribute alone, without its subject. */
  base: string
  /**
   * What the attribute is of, as sorted words; part of the key. Null where the key was given, not derived. A correction
   * ("actually …") may leave words of it out.
   */
  subject: readonly string[] | null
}

const CONDITION =
  /\b((?:when|if|unless|whenever|while|except|before|after|once|without|only (?:for|if|when|in))\s+[^.,;\n]{3,80})/i
const NUMBER = String.raw`(?:\d[\w.,:%-]*[\w%]|\d)`
const VALUE =
  String.raw`(?:${NUMBER}|[` +
  '`"“' +
  String.raw`][^` +
  '`"”' +
  String.raw`\n]{1,60}[` +
  '`"”' +
  String.raw`]|[\w./@-]*\d[\w./@-]*\w|\b(?:on|off|true|false|enabled|disabled|zero|one|two|three|four|five|ten)\b)`
const LINK = String.raw`(?:(?:must|should|shall|has to|have to|needs? to|will|is to)\s+(?:always\s+|now\s+|then\s+)?(?:be|stay|remain|equal|listen on|run on|use|default to|become|keep)|is(?:\s+now)?|are|stays?|remains?|equals?|=|:|to|of|at|now)`
const BOUND = String.raw`(?:\s*(?:at|set to|kept at|limited to|called|named|exactly|always|now|again|back to)?\s*(at most|at least|no more than|not more than|no less than|not less than|more than|less than|under|below|above|over|up to|max(?:imum)?|min(?:imum)?)?\s*)`
const SUBJECT_VALUE = new RegExp(
  String.raw`\b((?:[A-Za-z][\w-]*\s+){0,3}?[A-Za-z][\w-]*)\s*${LINK}${BOUND}\s*(${VALUE})`,
  'gi',
)
const PORT = /\bports?\b[^.\n]{0,60}?\b(\d{2,5})\b/i
const DEMAND =
  /\b(do not|don't|dont|never|must not|mustn't|should not|shouldn't|may not|cannot|can't|stop|avoid|always|you may(?: now)?|you can(?: now)?|you are allowed to|feel free to|it is (?:fine|ok|okay) to|it's (?:fine|ok|okay) to)\s+(?:ever\s+|again\s+|now\s+|just\s+)?([a-z]+(?:-[a-z]+)*)(?:\s+([^.;:!?\n]{2,120}))?/i
const TOUCH = new Set([
  'touch',
  'touching',
  'modify',
  'modifying',
  'edit',
  'editing',
  'change',
  'changing',
  'alter',
  'altering',
  'update',
  'updating',
  'write',
  'writing',
])
const SKIP_SUBJECT =
  /^(?:it|this|that|there|which|what|line|lines|step|steps|version of|section|issue|ticket|pr|chapter|figure|node|exit|code|row|rows|page|item|option|phase|part|commit|due|up|back|next|used|only|according|close|similar|want|need|going|go|down|order|as|get|change|not)$/i
const ARTICLES =
  /^(?:(?:the|a|an|our|my|your|its|their|this|that|please|and|but|so|also|then|use|set|change|keep|make|ensure|actually|instead|now|on|sure|switch|move|increase|decrease|raise|lower|reduce|bump|put|let|from|for|in|all|only|correction|no|yes|well|sorry|ok|okay|again|new|default|current|same|cap|limit the|have|has|with|of|be|is|are|must|should|always|never|we|i|you)\s+)+/i
/** Nouns that take a bare "of 5" or "to 5"; elsewhere such numbers count things, and settle nothing. */
const ATTRIBUTE =
  /(?:limit|port|time-?out|size|version|count|level|width|length|budget|threshold|rate|interval|ttl|coverage|deadline|retries|retry|quota|delay|depth|height|capacity|concurrency|indent(?:ation)?|weight|ratio|factor|priority|seed|offset)s?$/i
const GENERIC = /^(?:max(?:imum)?|min(?:imum)?|total|number|value|amount|limit|count|rate)$/i
const UNIT =
  /^\s*(?:s|ms|sec(?:ond)?s?|min(?:ute)?s?|h(?:our)?s?|days?|weeks?|months?|%|percent|k|m|g|[kmg]i?b|bytes?|chars?|characters?|columns?|px|items?|entries|attempts?|times?)?\b\s*([a-z]{3,})?/i
const FUNCTION_WORD =
  /^(?:now|again|for|from|when|until|instead|and|with|but|because|per|that|this|the|not|since|unless|only|always|anymore|please|max|min|maximum|minimum|across|during|everywhere|while|before|after|then|too|also|each|long|wide|deep|high)$/i
/** What a statement settles, strongest first. Empty where nothing comparable could be read: both sides are then kept. */
export function deriveClaims(text: string, polarity: 1 | -1): Claim[] {
  const label = labelOf(text)
  const body = label === null ? text : text.slice(label.length + 1).trim()
  const claims: Claim[] = []
  const add = (base: string, value: string, subject: readonly string[]) => {
    const key = subject.length === 0 ? base : `${base}~${subject.join('+')}`
    if (!claims.some((claim) => claim.key === key))
      claims.push({ key, value: value.toLowerCase(), base, subject })
  }

  const port = PORT.exec(body)?.[1]
  if (port !== undefined) {
    const base = polarity > 0 ? 'port' : `avoid:port:${port}`
    add(base, port, subjectWords(body, port))
  }
  for (const claim of choiceClaims(body, polarity)) {
    add(
      claim.key,
      claim.value,
      subjectWords(body, claim.value, claim.key.startsWith('style:') ? STYLE_WORDS : []),
    )
  }
  for (const claim of pathClaims(body)) add(claim.key, claim.value, [])
  if (polarity > 0 && port === undefined)
    for (const claim of valueClaims(body))
      add(claim.key, claim.value, subjectWords(body, claim.value, [claim.head]))
  if (claims.length === 0) {
    const demand = demandClaim(body)
    if (demand) add(demand.key, demand.value, subjectWords(conditionOf(body)))
  }
  return claims
}

/** Words of a style itself: "indent with tabs" and "use spaces" are about the same thing. */
const STYLE_WORDS = [
  'indent',
  'indentation',
  'quotes',
  'strings',
  'semicolons',
  'semi-colons',
  'code',
  'naming',
  'names',
  'trailing commas',
  'default exports',
]

/** Exceptions and conditions tell two demands apart. */
function conditionOf(text: string): string {
  return CONDITION.exec(text)?.[1] ?? ''
}

/** `at most` and `at least` are different subjects: a floor does not contradict a ceiling. */
function valueClaims(text: string): { key: string; value: string; head: string }[] {
  const claims: { key: string; value: string; head: string }[] = []
  for (const match of text.matchAll(SUBJECT_VALUE)) {
    const subject = (match[1] ?? '')
      .replace(/^.*(?<!\bof )\b(?:the|an?|our|its|every|each)\s+/i, '')
      .replace(ARTICLES, '')
      .trim()
    const last = subject.split(/\s+/).at(-1) ?? ''
    if (subject.length < 3 || SKIP_SUBJECT.test(last) || /^\d/.test(subject)) continue
    const bound = match[2] ?? ''
    const facet =
      /most|no more|not more|less than|under|below|up to|max/i.test(bound) && !/no less|not less/i.test(bound)
        ? ':max'
        : bound === ''
          ? ''
          : ':min'
    const link = match[0].slice(subjectEnd(match)).trimStart()
    const loose = /^(?:to|of|at|now)\b/i.test(link)
    const noun = UNIT.exec(text.slice(match.index + match[0].length))?.[1] ?? ''
    const unit = noun === '' || FUNCTION_WORD.test(noun) ? '' : `:${noun.toLowerCase()}`
    if (
      (loose && !ATTRIBUTE.test(last)) ||
      (GENERIC.test(subject) && unit === '' && !/^(?:limit|rate|count)$/i.test(subject))
    )
      continue
    const head =
      subject
        .split(/\s+of\s+/i)[0]
        ?.split(/\s+/)
        .at(-1) ?? last
    claims.push({ key: slug(stem(head.toLowerCase())) + unit + facet, value: match[3] ?? '', head })
  }
  return claims
}

function subjectEnd(match: RegExpExecArray): number {
  return (match[1] ?? '').length
}

function pathClaims(text: string): { key: string; value: string }[] {
  const demand = DEMAND.exec(text)
  const paths = mentionedPaths(text)
  const verb = demand?.[2]?.toLowerCase() ?? ''
  const first = paths[0]
  if (first === undefined || paths.length > 1) return []
  if (demand && (TOUCH.has(verb) || /^(?:delet|remov|renam|mov|commit|format|read|open|creat)/.test(verb))) {
    // Other objects ("the API of src/a") make it a statement about something in the path, not about the path.
    const object = (demand[3] ?? '').replace(
      /^(?:to|into|in|anything (?:in|under|inside)|any (?:file|files) (?:in|under)|files? (?:in|under)|the (?:folder|file|directory|contents? of|package|module)|folder|file|directory|package|module|the|or \w+)\s+/gi,
      '',
    )
    if (
      !object
        .replace(/^(?:the|in|under|folder|file|files|directory|package|module|[`"'.])+\s*/gi, '')
        .startsWith(first.slice(0, 3)) &&
      !/^(?:or|and)\b/i.test(object)
    )
      return []
    return [
      {
        key: TOUCH.has(verb)
          ? `path:${first.toLowerCase()}`
          : `path:${first.toLowerCase()}:${verb.slice(0, 5)}`,
        value: verb,
      },
    ]
  }
  if (
    /\b(?:leave|keep)\b[^.]{0,60}\b(?:alone|untouched|unchanged|as (?:it )?is|as they are)\b|\boff[- ]limits\b|\bread[- ]only\b/i.test(
      text,
    )
  )
    return [{ key: `path:${first.toLowerCase()}`, value: 'keep' }]
  return []
}

/** "never force-push" and "you may force-push" are about the same thing: verb and object, word for word. */
function demandClaim(text: string): { key: string; value: string } | null {
  const demand = DEMAND.exec(text)
  if (!demand) return null
  const verb = (demand[2] ?? '').toLowerCase()
  const object = contentWords(
    (demand[3] ?? '').split(
      /\b(?:because|since|unless|until|when|if|without|so that|anymore|any more|again|now|,)/i,
    )[0] ?? '',
  )
  if (
    object.length > 8 ||
    /^(?:be|have|get|do|contain|exceed|return|go|drop|fall|need|happen|ever|not|it)$/.test(verb)
  )
    return null
  const value = /not|never|n't|stop|avoid/i.test(demand[1] ?? '') ? 'no' : 'yes'
  if (object.length === 0) return { key: `do:${verb}`, value }
  return { key: `do:${verb.replace(/ing$/, '')}:${object.join('-')}`, value }
}
