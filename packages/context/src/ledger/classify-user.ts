import type { EntryType } from './entry.ts'
import { SIGNAL, signalsOf } from './signal-words.ts'

export interface Classified {
  type: EntryType
  polarity: 1 | -1
}

const LEAD =
  /^(?:(?:[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+:|please|also|and|but|so|then|now|ok(?:ay)?|yes,?|no,|well|actually|instead|note|important|remember|reminder|btw|by the way|from now on|one more thing|additionally|finally|first|second|next|again|oh|hey|hi|thanks|thank you|just|in general|sorry|correction|update|scratch that|on second thoughts?|as i said|as a rule|(?:nb|ps))[:,!.]?\s+)+/i
/** "Until the release, use …": what stands before the demand says when or where, not what. */
export const ADVERBIAL =
  /^(?:until|till|for|in|inside|under|within|during|before|after|when(?:ever)?|if|while|as of|starting|on|at)\s+[^,;]{2,70}?(?:,\s*(?=\S)|\s+(?=(?:use|do not|don't|never|always|keep|please)\s))/i
const SOFT = String.raw`(?:^|[,:;]\s+|\b(?:and|but|so|then|please|you|we|instead|also|must|should|that|again|just|now)\s+)`
const VERB_NOT_FEELING = String.raw`(?!(?:know|understand|think|see|get it|remember|like it|believe|care|mind|worry|have (?:a|an|any|the|time)|need|want|recall|expect|work|seem)\b)`
const PROHIBITION: readonly RegExp[] = [
  new RegExp(
    String.raw`${SOFT}(?:do not|don't|dont|do NOT)\s+(?:ever\s+|you\s+(?:dare\s+)?)?${VERB_NOT_FEELING}[a-z]`,
    'i',
  ),
  /\b(?:refrain|abstain) from\b|\b(?:must not|mustn't|must never|should not|shouldn't|should never|shall not|may not|may never|is not to|are not to|not allowed|is forbidden|are forbidden|(?:is|are) prohibited|(?:stay|keep) away from|off[- ]limits|must be avoided|not permitted|must stay out|must remain (?:untouched|unchanged)|is taboo|no-go)\b/i,
  new RegExp(
    String.raw`${SOFT}never\s+(?!mind\b|worked|works|been|seen|happened|had|did|got|liked|returns|finishes|terminates|reaches)[a-z]`,
    'i',
  ),
  new RegExp(String.raw`${SOFT}(?:avoid|refrain from|abstain from|stop)\s+[a-z]+ing\b`, 'i'),
  new RegExp(String.raw`${SOFT}avoid\s+[a-z]`, 'i'),
  /\b(?:you|we)\s+(?:cannot|can't|can not)\s+(?:change|break|add|use|touch|modify|rely|depend|drop|upgrade|remove|rename|edit|introduce|assume|store|log|ship|delete|expose|bump)\b/i,
  /\bleave\b[^.!?]{0,80}\b(?:alone|untouched|unchanged|as (?:it )?is|as they are)\b/i,
  /^(?:there (?:must|should) be |absolutely |strictly )?no\s+(?:new\s+|more\s+|additional\s+|other\s+|further\s+)?(?:[a-z-]+\s+){0,3}?(?:dependenc(?:y|ies)|packages?|librar(?:y|ies)|semi-?colons?|tabs|emojis?|comments?|changes|edits|classes|globals?|network|mocks?|breaking changes|force[- ]push(?:es)?|commits?|default exports?|any\b|console\.log|abbreviations|migrations?|files?|jargon|eval|third[- ]party|external)\b/i,
  /^(?:absolutely |strictly )?no\s+(?!(?:problem|worries|idea|rush|hurry|need|thanks|clue|luck|doubt|wonder|matter|way|one|later|earlier|longer|more|less|exceptions?|errors?|failures?|changes|difference|reason|sign|trace|response|answer|output)\b)[a-z][\w-]*\s+(?:calls?|of|from|in|to|for|on|inside|within|under|outside|between|through|with|after|before|at|by)\b/i,
  /\bwithout\s+(?:changing|touching|breaking|adding|modifying|using|renaming|removing|altering|editing|introducing|bumping)\b/i,
  /\b(?:is|are) read[- ]only\b|\bhands off\b|\b(?:you|we|nobody|no one)(?:'re| are| is)? not to [a-z]/i,
  new RegExp(String.raw`\b(?:no longer)\s+(?:use|using|allow|commit|write|add|support|log)\b`, 'i'),
  /\bunder no circumstances\b|\bat no point\b|\bby no means\b/i,
  /\b(?:I|we) (?:do not|don't) want (?:you to|any|the|to (?:use|add|see|have|change))\b/i,
]
const OBLIGATION: readonly RegExp[] = [
  /\bmust\b(?!\s+(?:be\s+(?:a|an|because|due|something|some|wrong|that|the (?:cause|reason|case|problem|bug))\b|have\s+(?:been|\w+ed|gone|got|broken|lost|forgotten|changed)\b))/i,
  /\b(?:has to|have to|needs? to|ought to)\s+(?!do with\b|say\b|admit\b|wait\b|leave\b|go\b)[a-z]/i,
  /^(?!(?:I|we|you|it|he|she|they|that|this)\b).*\bneeds?\s+(?:an?|its|their|no|at least|\d)\b/i,
  /\bno exceptions?\b|\bnowhere else\b|\bwithout exception\b|\b(?:is|are|be|gets?)\s+(?:limited|capped|restricted|confined) (?:to|at)\b|\bonly\s+(?:[\w-]+\s+){1,4}(?:may|can)\b/i,
  /\bshall\b|\bis (?:required|mandatory|obligatory)\b|\bare (?:required|mandatory)\b|\brequires?\b.{0,30}\b(?:approval|review|sign-?off)\b/i,
  /(?:^|[,:;]\s+|\b(?:and|but|please|you|should|must|we)\s+)(?:always|make sure|ensure|be sure to|only)\s+(?!(?:happens?|fails?|works?|occurs?|crashes|breaks|thing|one|then|problem|when|after|if|a few|some|got|saw|see|once|twice)\b)[a-z`]/i,
  /(?:^|[,:;]\s+|\band\s+)(?:keep|stay|stick (?:to|with)|preserve|respect|follow|conform to|maintain|limit|restrict|cap|remain)\s+(?!(?:going|getting|seeing|on failing|up the)\b)[a-z`"\d]/i,
  /\b(?:at most|at least|no more than|no less than|not more than|not exceed|maximum of|minimum of|up to|exactly)\s+(?:\d|one|two|three|four|five|ten)/i,
  /\bshould\s+(?:always|only|stay|remain|be|use|keep|follow|match|return|never|have|contain|go|live|default|support|accept|fail|pass|run|end|start|respect)\b(?!\s+(?:able to see|a bug|because))/i,
  /\b(?:stays?|remains?)\s+(?:at\s+|on\s+)?(?:\d|`|"|unchanged|stable|compatible|as (?:it )?is|the same|private|public|optional|synchronous|english|on\b|off\b|enabled|disabled|in\b|out\b|closed|open\b|put\b|frozen|locked|untouched|below|above|under|within)/i,
]
const ATTRIBUTE =
  /\b(?:port|limit|time-?out|version|budget|threshold|width|length|interval|ttl|rate|concurrency|batch size|page size|coverage|deadline|retries|retry count|max\w*|min\w*|quota|indent(?:ation)?|cap|line length|pool size|node|python|target)\b[^.?!\n]{0,30}?\b(?:is|=|:|are|of|to|at)\s*[`"]?\d/i
const PREFERENCE =
  /\b(?:I(?:'d| would)? (?:really |strongly )?(?:prefer|rather|like (?!to know)(?:you|it|the|to have|if))|prefer(?:ably)?\b|ideally\b|if possible\b|nice to have\b|my preference)/i
const DECISION =
  /\b(?:I|we)(?:'ve| have)? (?:decided|agreed|settled|chose|choose|opted|ruled)\b|\blet(?:'s| us) (?:use|go with|stick|keep|stay)\b|\b(?:we|I)(?:'re| are|'m| am) (?:going|sticking|staying) with\b|^(?:we|the project|this project|the team|our team) (?:now )?(?:use|uses|go with)\b|^the decision is\b|^decision:/i
const WORK =
  /^(?:can you |could you |would you |will you |I want you to |I need you to |I'd like you to |you should |you need to |your task is to |the task is to |we need to |let's |I want to |please |go ahead and |try to |try and |help me (?:to )?|now |then |first,? |next,? |just |kindly |finally,? |start by |also )*(?:add|create|implement|write|fix|make|build|refactor|rename|remove|delete|update|change|move|extract|support|run|document|migrate|convert|replace|introduce|set|set up|use|find|investigate|check|test|review|improve|optimi[sz]e|clean|split|merge|port|upgrade|bump|install|configure|generate|expose|handle|validate|show|print|log|return|rewrite|simplify|speed|reduce|increase|decrease|raise|lower|drop|restore|revert|undo|switch|explain|list|describe|debug|reproduce|release|publish|deploy|commit|push|format|lint|wire|hook|enable|disable|turn|switch|put|go back|finish|complete|continue|name|call|store|save|read|parse|render|cache|retry|sort|filter|allow|deny|block|start|stop|open|close|connect|send|trim|cover|adapt|adjust|apply|verify|ensure|skip|omit|keep)\b/i
const WANT =
  /^(?:I|we) (?:want|need|would like|'d like)\b|\b(?:I|we) (?:want|need) (?:a|an|the|it|this|that|you|all|every|support)\b|^(?:there should be|it should|the \w+ should|users should|we should)\b/i
const REQUEST_QUESTION = /^(?:can|could|would|will) you\b|\bplease\b/i
const ATTRIBUTION =
  /\b(?!(?:I|we|as I|you)\b)(?:[A-Z]?[\w'’-]+)\s+(?:said|says|wrote|writes|told (?:me|us|them|him|her)|claims?|claimed|asked|mentions?|mentioned|commented|complain(?:s|ed)|suggest(?:s|ed)|thinks?|argues?|insists?|replied|reported|reckons|believes?|recommends?|wants us|keeps saying|warns?|warned|states|stated|reads?:|proposed|proposes)\b|\baccording to\b|\bquot(?:e|ing)\b|\bquoted (?:from|by|as)\b|\b(?:message|email|comment|ticket|issue|review|article|docs?|readme|log|error|warning|output|linter|compiler)\b[^.]{0,30}\b(?:says?|said|reads?|states?|tells?|complains?|claims?|contains|shows?|was)\b/i
const OWN_WORDS =
  /\b(?:I|we|as I|as we)(?:'ve| have| had| already)?\s+(?:\w+\s+)?(?:said|say|told|wrote|mentioned|asked)\b|\b(?:I|we) (?:insist|claim|suggest|recommend|think|want)\b/i
const STORY =
  /\b(?:yesterday|last (?:week|month|year|night|time)|used to|back then|once upon|in my previous|at my old)\b/i

/** What a statement in the user's own prose is; null for talk. */
export function classifyUser(statement: string): Classified | null {
  const bare = withoutQuotations(statement.replace(/’/g, "'")).replace(/(?<!\w)_{1,2}|\*{1,3}/g, '')
  const text = bare.replace(LEAD, '').replace(ADVERBIAL, '').replace(LEAD, '').trim()
  if (text.length < 4 || !/[a-z]/i.test(text)) return null
  const signals = signalsOf(text)
  if (signals & SIGNAL.attribution && reports(text)) return null
  if (/\?["')\]]*$/.test(text) && !REQUEST_QUESTION.test(text)) return { type: 'question', polarity: 1 }
  if (signals & SIGNAL.decision && DECISION.test(text))
    return {
      type: 'decision',
      polarity: /\b(?:not to|against|won't|no longer|don't|do not)\b/i.test(text) ? -1 : 1,
    }
  if (signals & SIGNAL.prohibition && PROHIBITION.some((pattern) => pattern.test(text)) && !idle(text)) {
    const work =
      WORK.test(text) && /\bwithout\s+\w+ing\b/i.test(text) && !/\b(?:not|never|don't)\b/i.test(text)
    return work ? { type: 'requirement', polarity: 1 } : { type: 'constraint', polarity: -1 }
  }
  if (signals & SIGNAL.story && STORY.test(text)) return null
  if (
    /^(?:we|you) (?:need|have) to\b/i.test(text) &&
    !/\b(?:always|at most|at least|only|stay|remain|keep|be)\b/i.test(text)
  )
    return { type: 'requirement', polarity: 1 }
  if (
    signals & SIGNAL.obligation &&
    OBLIGATION.some((pattern) => pattern.test(text)) &&
    !/^(?:I|he|she|they) (?:must|have to|has to|need to)\b/i.test(text) &&
    !idle(text)
  )
    return { type: 'constraint', polarity: 1 }
  if (/\d/.test(text) && ATTRIBUTE.test(text) && !/\b(?:was|were|currently|got|failed|error)\b/i.test(text))
    return { type: 'constraint', polarity: 1 }
  if (signals & SIGNAL.preference && PREFERENCE.test(text)) return { type: 'requirement', polarity: 1 }
  if (WORK.test(text) || WANT.test(text) || (REQUEST_QUESTION.test(text) && /\?/.test(text)))
    return { type: 'requirement', polarity: 1 }
  return null
}

/** Whether a statement passes on what somebody or something else said. */
export function isReported(statement: string): boolean {
  return reports(withoutQuotations(statement.replace(/’/g, "'"))) || /["“][^"”]{12,}["”]/.test(statement)
}

function reports(text: string): boolean {
  return ATTRIBUTION.test(text) && !OWN_WORDS.test(text)
}

/** Sentences with a deontic word that ask for nothing. */
function idle(text: string): boolean {
  return /^(?:don't worry|never mind|no problem|no worries|I (?:must|should|have to|need to) (?:say|admit|go|leave|be|stop|run)\b|it (?:must|should) (?:be|have) (?:a|been)\b|that (?:must|should) (?:be|have)\b|(?:you|it) should (?:see|be able to see|now see|know)\b|I should (?:have|note|mention)\b|this should (?:be (?:easy|simple|quick|enough|all)|help)\b|(?:it|that|this) should have\b)/i.test(
    text,
  )
}

/** Someone else's words in quotation marks do not speak for the user; one quoted word or name does. */
function withoutQuotations(text: string): string {
  return text.replace(/"[^"\n]*"|“[^”\n]*”|(?<![\w])'[^'\n]{12,}'(?!\w)/g, (quoted) =>
    quoted.trim().split(/\s+/).length >= 3 ? ' … ' : quoted,
  )
}

/** "You may now edit X": ends a prohibition, but is nothing by itself. */
export function isPermission(text: string): boolean {
  return /\b(?:you|we) (?:may|can|are allowed to|are free to)(?: now| again)?\s+[a-z]|\bfeel free to\b|\bit(?:'s| is) (?:now )?(?:fine|ok|okay|allowed) to\b|\b(?:is|are) (?:now )?(?:allowed|permitted|fine) (?:again|now)\b/i.test(
    text.replace(/’/g, "'"),
  )
}
