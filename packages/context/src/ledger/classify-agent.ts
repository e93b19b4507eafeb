import type { Classified } from './classify-user.ts'
import { callsContract } from './wire-contract.ts'

const REJECTED: readonly RegExp[] = [
  /\b(?:I|we)(?:'ve| have)? (?:rejected|ruled out|discarded|abandoned|dismissed|scrapped|ditched|decided (?:against|not to)|chose not to|opted (?:against|not to))\b/i,
  /\b(?:I|we)(?:'m| am|'re| are)? (?:won't|will not|not going to) (?:use|add|introduce|rely|change|touch|go with|pursue)\b/i,
  /(?:^|:\s+)rejected\b|\bis rejected (?:because|since|as)\b|\b(?:approach|idea|attempt|route|path) (?:is|was) (?:rejected|abandoned|dropped)\b/i,
  /\bdead[- ]end\b|\bdid(?:n't| not) (?:pan|work) out\b|\b(?:is|was|turned out) (?:not viable|infeasible|unworkable|not an option|a no-go)\b/i,
]
/** A way that was left, said in the first person or with the subject left out. */
const LEFT =
  /(?:^|\b(?:I|we)(?:'ve| have)? (?:then |later )?|\bso |\band (?:then )?|[,;:]\s*)(?:I |we )?(?:reverted|removed|dropped|abandoned|discarded|undid|scrapped|ditched|shelved|gave up on|threw (?:it|that|this) (?:out|away)|(?:backed|rolled|took) (?:it|that|this|them)? ?(?:out|back))\b/i
const ATTEMPT =
  /\b(?:tried|attempted|experimented|tested|does(?:n't| not)|did(?:n't| not)|wo(?:n't|uld not)|will not|cannot|can't|could(?:n't| not)|because|since|as it|too slow|slower|no good|did not help|didn't help|worse)\b|^(?:I |we )?(?:reverted|backed out|rolled back|abandoned|dropped)\b.*[:;]/i
const DECISION: readonly RegExp[] = [
  /\b(?:I|we)(?:'ve| have)? (?:decided|chosen|chose|settled on|opted (?:for|to)|picked|went with|go with|agreed (?:on|to)|ended up (?:with|[a-z]+ing))\b/i,
  /^(?:I|we)(?:'m|'re| am| are)? (?:keep|store|use|treat|cache|put|place|split|derive|hold|encode|represent|keeping|storing|using|treating)\b.+\b(?:because|since|so that|instead of|rather than)\b|\bmy choice\b/i,
  /\b(?:I|we)(?:'ll| will) (?:keep|stick (?:to|with)|stay with|go with|adopt|standardi[sz]e|name (?:it|the)|call (?:it|the)|treat|store|return|represent|model|encode|persist|use)\b/i,
  /\b(?:I'm|I am|we're|we are) (?:going|sticking|staying) with\b|\bgoing with\b/i,
  /\b(?:I'm|I am|we're|we are) using\b.+\b(?:because|since|instead|rather than|for)\b|\bnot (?:use|using)\b.+\bbecause\b|\buse(?:s|d)? [\w`.-]+ instead of [\w`.-]+/i,
  /(?:^|:\s+)(?:(?:design |key |main )?(?:decision|choice)|decided)\s*:|^(?:settled on|decided (?:on|to)|chose|picked|opted (?:for|to)|went with)\b|^the (?:decision|plan|approach|design) is to\b/i,
  /\b(?:goes|lives|belongs|sits|stays) (?:in|into|on|under|behind|inside)\b.+\b(?:because|since|so that|otherwise)\b/i,
]
const ASSUMPTION =
  /\b(?:I|we)(?:'m|'ll|'re| am| are| will)? (?:assum(?:e|ed|ing)|presum(?:e|ing)|take it that|suppose)\b|\b(?:I|we) (?:guess|suspect)\b|\b(?:untested|unconfirmed|unverified)\b|\b(?:working )?hypothesis\b|[,;]\s*(?:which |but )?(?:I )?(?:have not|haven't|not)(?: yet| been)* (?:verified|checked|confirmed|tested)(?: yet| it| this| that)*[.!]?$|(?:^|:\s+)(?:assuming|assumption|presumably|probably|supposedly|most likely)\b|\b(?:my|the|under the|on the|with the|working) assumption\b|\b(?:safe|fair|reasonable) to assume\b|\btak(?:e|ing) (?:it )?for granted\b|\b(?:not|n't|never|un)[ -]?(?:yet )?(?:been )?(?:verified|checked|confirmed)\b.*$/i
const BELIEF =
  /\b(?:I|we) (?:believe|guess|suspect|expect|think)\b|\bassum\w+|\bpresumabl[ey]\b|\bprobably\b|\bsupposed(?:ly)?\b|\blikely\b/i
const TOOLING =
  /\b(?:use|using|go with)\s+(?:the\s+)?[`"']?(?:grep|rg|ripgrep|sed|awk|cat|head|tail|find|ls|search|apply_patch|patch|read|bash|shell|exec|edit|recall|plan|python3?\s+(?:script|one)|a (?:quick|small|short) (?:script|command|test)|tool|command|git (?:log|diff|blame|status|grep|show))\b/i
const ERRAND =
  /\b(?:use|using)\b.{0,60}\bto (?:check|look|find|see|search|inspect|read|run|list|view|verify|locate|explore|figure|get an? (?:overview|idea))\b/i

/** What a sentence of the model settles: a decision, an assumption or a rejected way. Null for narration. */
export function classifyAgent(statement: string): Classified | null {
  const text = statement
    .replace(/’/g, "'")
    .replace(/^[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+:\s+/, '')
    .replace(/\*{1,3}/g, '')
  if (/[?:]\s*$/.test(text)) return null
  if (REJECTED.some((pattern) => pattern.test(text)) || (LEFT.test(text) && ATTEMPT.test(text)))
    return { type: 'rejected', polarity: -1 }
  const guess = ASSUMPTION.exec(text)
  if (guess && (!/^(?:not|n't|never)/i.test(guess[0]) || BELIEF.test(text)))
    return { type: 'assumption', polarity: 1 }
  if (callsContract(text)) return { type: 'contract', polarity: 1 }
  if (!DECISION.some((pattern) => pattern.test(text)) || TOOLING.test(text) || ERRAND.test(text)) return null
  return { type: 'decision', polarity: /\bnot (?:to|use|using)\b|\bagainst\b/i.test(text) ? -1 : 1 }
}
