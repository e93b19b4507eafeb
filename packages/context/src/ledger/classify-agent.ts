import type { Classified } from './classify-user.ts'
import { callsContract } from './wire-contract.ts'

const REJECTED: readonly RegExp[] = [
  /\b(?:I|we)(?:'ve| have)? (?:rejected|ruled out|discarded|abandoned|dismissed|scrapped|ditched|decided (?:against|not to)|chose not to|opted (?:against|not to))\b/i,
  /\b(?:I|we)(?:'m| am|'re| are)? (?:won't|will not|not going to) (?:use|add|introduce|rely|change|touch|go with|pursue)\b/i,
  /(?:^|:\s+)rejected\b|\bis rejected (?:because|since|as)\b|\b(?:approach|idea|attempt|route|path) (?:is|was) (?:rejected|abandoned|dropped)\b/i,
  /\b(?:off the table|out of the question|no longer an option|a non-starter)\b|\bdecided against\b|\b(?:was|were|is|are|been) (?:ruled out|dismissed|discarded)\b|\bdismissed (?:the|that|this|it)\b/i,
  // What a way would not do, said of the way itself: "Using a trigger would not work across shards."
  /^(?:\w+ing\b[^.;]*?\b(?:would|will|does|do|did|can)(?:n't| not)|(?:an?|one|the)\b[^.;]*?\b(?:would|will)(?:n't| not)|(?!that|this|it\b)[^.;]*?\b(?:wouldn't|won't)) (?:work|scale|cope|help|do|fit|hold up|be enough)\b/i,
  /^\w+ing\b[^.]*\b(?:fails?|breaks?|costs?|gains?|loses?|does(?:n't| not))\b[^.]*\bso\b[^.]*\b(?:stays?|keeps?|sticks?|remains?)\b/i,
  /\b(?:a bad idea|unsuitable|impractical|infeasible|unworkable)\b|\b(?:I|we) (?:cannot|can't) use\b.*(?:\bbecause\b|\bsince\b|[:;])/i,
  /\bput (?:the old|it|this|that)\b[^.]{0,30}\bback\b|\btried\b.*\bback to\b/i,
  /\bdead[- ]end\b|\bdid(?:n't| not) (?:pan|work) out\b|\b(?:is|was|turned out) (?:not viable|infeasible|unworkable|not an option|a no-go)\b/i,
]
/** A way that was left, said in the first person or with the subject left out. */
const LEFT =
  /(?:^|\b(?:I|we)(?:'ve| have)? (?:then |later )?|\bso |\band (?:then )?|[,;:]\s*)(?:I |we )?(?:reverted|removed|dropped|abandoned|discarded|undid|undone|scrapped|ditched|shelved|gave up on|threw (?:it|that|this) (?:out|away)|(?:backed|rolled|took|taken) (?:it|that|this|them)? ?(?:out|back))\b|\b(?:hence|so|and|thus|,|;)\s+(?:(?:it|that|this|they|which)(?:'s)?\s+)?(?:(?:is|was|were|are|went|got|has been)\s+)?(?:gone|removed|undone|reverted|dropped|out again|taken out|rolled back|backed out)\b/i
const ATTEMPT =
  /\b(?:tried|attempted|experimented|tested|first|initially|began|started (?:with|out)|does(?:n't| not)|did(?:n't| not)|wo(?:n't|uld not)|will not|cannot|can't|could(?:n't| not)|because|since|as it|too slow|slower|no good|no (?:gain|use|benefit|effect)|(?:brought|gained|bought|changed|helped) (?:nothing|little|us nothing)|did not help|didn't help|worse)\b|^(?:I |we )?(?:reverted|backed out|rolled back|abandoned|dropped)\b.*[:;]/i
const DECISION: readonly RegExp[] = [
  /\b(?:I|we)(?:'ve| have)? (?:decided|chosen|chose|settled on|opted (?:for|to)|picked|went with|go with|agreed (?:on|to)|ended up (?:with|[a-z]+ing))\b/i,
  /^(?:I|we)(?:'m|'re| am| are)? (?:keep|store|use|treat|cache|put|place|split|derive|hold|encode|represent|keeping|storing|using|treating)\b.+\b(?:because|since|so that|instead of|rather than)\b|\bmy choice\b/i,
  /\b(?:I|we)(?:'ll| will) (?:keep|stick (?:to|with)|stay with|go with|adopt|standardi[sz]e|name (?:it|the)|call (?:it|the)|treat|store|return|represent|model|encode|persist|use)\b/i,
  /\b(?:I'm|I am|we're|we are) (?:going|sticking|staying) with\b|\bgoing with\b/i,
  /\b(?:I'm|I am|we're|we are) using\b.+\b(?:because|since|instead|rather than|for)\b|\bnot (?:use|using)\b.+\bbecause\b|\buse(?:s|d)? [\w`.-]+ instead of [\w`.-]+/i,
  /(?:^|:\s+)(?:(?:design |key |main )?(?:decision|choice)|decided)\s*:|^(?:settled on|decided (?:on|to)|chose|picked|opted (?:for|to)|went with)\b|^the (?:decision|plan|approach|design) is to\b/i,
  /\b(?:goes|lives|belongs|sits|stays) (?:in|into|on|under|behind|inside)\b.+\b(?:because|since|so that|otherwise)\b/i,
]
/** What a first person does to find out, or next: not what it settles. */
const EXPLORES = String.raw`(?!(?:(?:\w+ly|further|also|now|then|next|first|just|still|quickly) )*(?:read|look|check|see|saw|open|run|ran|try|tried|think|find|found|notice|need|want|search|view|inspect|investigate|understand|understood|start|begin|began|continue|go|went|know|knew|wait|test|verif|debug|reproduc|compar|print|list|grep|be|am|are|was|were|have|had|can|could|should|must|do|did|get|got|fix|add|updat|chang|edit|remov|rerun|re-run|confirm|wonder|realis|realiz|mistake|miss|fail|forgot|suspect|expect|hope|examin|explor|proceed|perform|attempt|execut|explain|describe|list)\w*\b)`
const WHY = String.raw`\b(?:because|since|so that|given that|in order to|for the sake of|rather than|instead of|so (?:it|they|we|the|that)|as (?:it|they|that|this))\b`
/** A choice by its grammar: made in the first person with a reason, or said of a part of the design with what it is not. */
const CHOICE: readonly RegExp[] = [
  new RegExp(
    String.raw`\b(?:I|we)(?:'m going to|'re going to| am going to| are going to|'ll| will)?\s+${EXPLORES}[a-z]+\b.{3,}${WHY}`,
    'i',
  ),
  new RegExp(
    String.raw`\b(?:I am|I'm|we are|we're) going to (?:rely|build|base|model|keep|use|store|put|treat)\b`,
    'i',
  ),
  /\b(?:I|we) went for\b|\b(?:I'm|I am|we're|we are) (?:leaving|keeping)\b|\b(?:is|are|stays?|kept|left)\b.*\b(?:on purpose|by design|deliberately|intentionally)\b|\bin my (?:implementation|design)\b/i,
  /\b(?:I|we) (?:prefer|favou?r)\b.+\b(?:over|to|rather|instead)\b/i,
  new RegExp(
    String.raw`\bwe(?:'ll| will) ${EXPLORES}[a-z]+\b.*\b(?:with|by|as|in|per|via|through|under)\b`,
    'i',
  ),
  /^(?:in order )?to (?:keep|avoid|make|support|allow|prevent|reduce|save|preserve|simplify|stay|let|guarantee|ensure|spare|limit)\b[^,]{3,60},\s+(?!(?:I|we)(?:'ll| will| need| should| must| have)?\s+(?:look|check|run|read|need|see|open|find|first)\b)(?!let\b)\w/i,
  /\b(?:simplest|cleanest|best|safest|easiest|right|obvious|better|smallest|cheapest|most \w+) (?:option|solution|choice|approach|fix|way|design|thing|route|place)\b[^.]{0,30}?\b(?:is|was|seems)\b/i,
  /^(?:so )?(?:my|the|our) (?:plan|idea|approach|design|intention|strategy|rule)(?: here)? (?:is|was|will be)\b/i,
]
/** "X instead of Y" of a part of the design as it shall be; of what a program did it is a report. */
const CONTRAST =
  /^(?:(?:therefore|hence|thus|so|accordingly|consequently),?\s+)?(?:the|all|every|each|an?|its|[A-Z]?\w+(?:s|ion|ing))\b[^.]*\b(?:rather than|instead of)\b/i
const REPORTED =
  /\b(?:returns?|returned|prints?|printed|gives?|gave|shows?|showed|throws?|threw|got|fails?|failed|expects?|expected|receives?|received|reads?|says?|reports?|reported|yields?|produces?|produced|was|were|crashes|wrongly|accidentally|currently|bug|error)\b/i

const ASSUMPTION =
  /\b(?:I|we)(?:'m|'ll|'re| am| are| will)? (?:assum(?:e|ed|ing)|presum(?:e|ing)|take it that|suppose)\b|\b(?:I|we) (?:guess|suspect)\b|\b(?:untested|unconfirmed|unverified)\b|\b(?:working )?hypothesis\b|[,;]\s*(?:which |but )?(?:I )?(?:have not|haven't|not)(?: yet| been)* (?:verified|checked|confirmed|tested)(?: yet| it| this| that)*[.!]?$|(?:^|:\s+)(?:assuming|assumption|presumably|probably|supposedly|most likely)\b|\b(?:my|the|under the|on the|with the|working) assumption\b|\b(?:safe|fair|reasonable) to assume\b|\btak(?:e|ing) (?:it )?for granted\b|\b(?:not|n't|never|un)[ -]?(?:yet )?(?:been )?(?:verified|checked|confirmed)\b.*$/i
/** Doubt by its grammar: said to be taken as given, or not to be known. */
const DOUBT: readonly RegExp[] = [
  /\bpresum(?:es|ing)\b|\bpresuppos\w+|\b(?:on|under) the (?:premise|assumption)\b|\bin all likelihood\b|\bunless (?:told|stated|specified|noted|said|someone|anybody|anyone)\b/i,
  /\b(?:I|we) (?:expect|think|believe|suspect|guess) that (?!(?:we|I) (?:should|need|can|could|must)\b)|,\s*I (?:think|believe|guess|suppose|expect)[.!]?$|^(?:perhaps|maybe)\b(?!.*\b(?:I|we) (?:should|can|could|need)\b)|^judging (?:from|by)\b|\bif (?:I|we) (?:understand|read|see|remember)\b.{0,30}\b(?:right|rightly|correctly)\b/i,
  /\bas far as (?:I|we) (?:know|can (?:tell|see|judge))\b|\bto (?:my|our) knowledge\b/i,
  /\b(?:I|we)\b[^.;]{0,12}(?:n't| not| never)(?: yet| actually| really)* (?:verif\w+|check\w*|confirm\w*|prove\w*|tested)\b(?: yet)?(?: \w+){0,2}? (?:that|whether|if)\b/i,
  /\b(?:looks?|seems?|appears?)\b.*\b(?:but|though|although|however)\b.*\b(?:not|no|nothing|never)\b.*\b(?:confirm\w*|document\w*|verif\w*|check\w*|proo[fv]\w*|sure|certain)\b/i,
]
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
  if (DOUBT.some((pattern) => pattern.test(text))) return { type: 'assumption', polarity: 1 }
  if (guess && (!/^(?:not|n't|never)/i.test(guess[0]) || BELIEF.test(text)))
    return { type: 'assumption', polarity: 1 }
  if (callsContract(text)) return { type: 'contract', polarity: 1 }
  const chosen =
    DECISION.some((pattern) => pattern.test(text)) ||
    CHOICE.some((pattern) => pattern.test(text)) ||
    (CONTRAST.test(text) && !REPORTED.test(text))
  if (!chosen || TOOLING.test(text) || ERRAND.test(text)) return null
  return { type: 'decision', polarity: /\bnot (?:to|use|using)\b|\bagainst\b/i.test(text) ? -1 : 1 }
}
