import { ADVERBIAL } from './classify-user.ts'
import type { Classified } from './classify-user.ts'

/** Words of a sentence that reports trouble, a feeling or a past event: it describes, it does not ask. */
const REPORT =
  /\b(?:fail(?:s|ed|ing|ures?)?|crash(?:es|ed|ing)?|hang(?:s|ing)?|broken?|breaks|bugs?|wrong|odd|strange|weird|slow|stuck|flak[ey]\w*|errors?|currently|seems?|seemed|looks?|looked|was|were|had|did|went|got|yesterday|since (?:yesterday|monday|tuesday|wednesday|thursday|friday|last)|so far|yet|again and again|already|cannot|can't|doesn't|don't|isn't|aren't|won't|any more|anymore)\b/i
/** Someone's state, thanks, greeting or comment on the talk itself. */
const TALK =
  /^(?:I(?:'m|'ve|'d|'ll)?|he|she|they|you(?:'re|'ve)?|thanks?|thank you|hi|hello|hey|good|great|nice|well done|cool|perfect|awesome|lovely|sorry|yes|yeah|yep|nope|no(?=[,.!]| (?:problem|worries|idea|rush|hurry|need|thanks|luck|doubt|wonder|matter)\b)|don't (?:worry|mind|bother|panic|hesitate)|never mind|ok(?:ay)?|sure|right|exactly|indeed|maybe|perhaps|hm+|hopefully|that(?:'s| is| was| looks)|this (?:is|was|looks)|it(?:'s| is| was| looks)(?! (?:essential|important|crucial|vital|critical|imperative|necessary|required|mandatory|forbidden))|here(?:'s| is| are)|there (?:is|are|was|were)|see|(?:it )?(?:sounds?|looks?|works?|feels?|worked)(?= (?:good|great|fine|right|like|ok|okay|for me|on my|now|again|well|to me)\b))\b/i
/** Short ends and words by which people set rules without a modal verb. */
const FORCE =
  /\b(?:no exceptions?|nowhere else|(?:to )?nothing else|no one else|nobody (?:but|else|except)|no (?:later|earlier|lower|higher|less|more|fewer|longer) than|no later|at (?:most|least)|at all times|without exception|ever|always|never|only|none of|in no case|(?:is|are|gets?) (?:allowed|capped|limited|restricted|reserved|confined|forbidden|required|mandatory|essential|crucial|vital|obligatory)|essential that|important that|crucial that|by default|defaults? to|counts? as|belongs? (?:in|to|under|on)|goes? (?:through|over|into|via)|comes? from|off[- ]limits|but not (?:for|in|on|when|to)|hands off|by hand|supposed to|meant to|expected to|reserved for|up to \d|max\.?|min\.?|until|from now on|starting (?:now|with)|instead of|rather than|must|shall|should|needs?|wants? an?|has to|have to)\b/i
/** "Every …", "all …", "no …", "anything that …": what is said of all is a rule. */
const UNIVERSAL =
  /^(?:(?:in|inside|within|under|on|for|during|before|after|until|when|whenever|while|with|at)\s+[^,;]{2,60},?\s+)?(?:every|each|all|any|anything|everything|whatever|whoever|only|nobody|no one|nothing|none|neither|both|no)\b/i
/** "The worker drains the queue." describes one thing as it is. */
const DETERMINED =
  /^(?:the|this|that|these|those|my|your|our|its|their|his|her|some|most|many|a|an|both|what|who|when|where|as|if|because|since|there)\b/i
/** An imperative: a base form with its object. */
const IMPERATIVE =
  /^(?!(?:\w+ly|since|because|the|a|an|all|every|each|what|where|when|while|if|as|with|from|into|onto|over|under|after|before|until|maybe|perhaps|then|here|there|even|both|half|most|some|such|not|only|quite|despite|behind|inside|outside|upon|around|about|without|than|though|although|whether|once|and|but|or|so|for|in|on|at|by|of|to|up|like|is|are|was|were|do|does|did|has|have|had|can|could|will|would|may|might)\b)[a-z]*[a-rt-z]\s+(?:the|an?|all|every|each|any|its|your|our|my|this|these|those|it|them|only|no|both)\s+\S/i
/** What is left of an imperative after its condition: "If the cache is cold, fall back to the database." */
const BARE =
  /^(?!(?:the|a|an|it|they|we|I|you|this|that|there|he|she|all|every|each|no|any|my|our|its|some)\b)[a-z]*[a-rt-z]\s+(?:(?:back|up|down|out|off|away|over|on|to|from|with|into|at|in)\s+){0,2}(?:the|an?|all|every|each|any|its|your|our|my|this|these|those|it|them|only|no|both)\b/i
const NEGATIVE =
  /\b(?:steer clear|stay away|keep (?:out|off)|not|never|no|none|nobody|nothing|forbidden|off[- ]limits|hands off|nowhere|neither)\b|n't\b/i
/** Negations that only close a positive rule. */
const CLOSING =
  /(?:[,;]\s*(?:and\s+)?|\band )(?:to )?(?:no exceptions?|nowhere else|nothing else|no one else|no later|no earlier|not [\w ]{2,40}|never [\w ]{2,30})[.!]*$|\bno (?:later|earlier|lower|higher|less|more|fewer|longer) than\b|\bnobody (?:but|else|except)\b|\bno more than\b|\bbut not\b|\bno exceptions\b/gi

/**
 * What a short statement is that the user typed and that has none of the plain signs of a demand. People state rules
 * as facts ("Feature flags default to off."): all of that is kept as a requirement,
 * descriptions of one thing as facts in the user's name; questions, reports of trouble and small talk are not kept.
 */
export function plainStatement(statement: string): Classified | null {
  const text = statement.replace(/’/g, "'").replace(/^[-*\s]+/, '')
  const words = text.split(/\s+/).length
  if (words < 3 || words > 60 || /[?:]["')\]]*$/.test(text)) return null
  if (TALK.test(text) || !/[a-z]{3}/i.test(text)) return null
  const polarity = NEGATIVE.test(text.replace(CLOSING, ' ')) ? -1 : 1
  if (REPORT.test(text.replace(CLOSING, ' ').replace(/^(?:please )?(?:don't|can't)\b/i, ''))) return null
  const demand = text.replace(ADVERBIAL, '')
  const rule =
    (demand !== text && BARE.test(demand)) ||
    UNIVERSAL.test(text) ||
    FORCE.test(text) ||
    IMPERATIVE.test(text) ||
    (words > 3 && !DETERMINED.test(text))
  if (rule) return { type: 'requirement', polarity }
  return words < 5 ? null : { type: 'fact', polarity: 1 }
}
