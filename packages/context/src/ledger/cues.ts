/** How a statement relates to what was said before. */
export type Cue = 'override' | 'retract' | 'restore' | null

const OVERRIDE =
  /\b(?:actually|instead|from now on|on second thoughts?|correction|scratch that|change of plans?|no longer|not any ?more|any ?more|rather|switch(?:ing)? (?:back )?to|changed? (?:my|our) minds?|i was wrong|after all|replaces? (?:the|that|my)|overrides?|supersedes?|update:|change (?:the|that|it)\b|now (?:use|must|should|on)|should now|must now|is now)\b/i
const TARGET =
  /\b(?:rules?|constraints?|requirements?|limits?|restrictions?|instructions?|what i said|earlier|previous|prohibitions?|ban|freeze|about|that one|statement|preference|setting|policy|ask)\b/i
const RETRACT_START =
  /^(?:please\s+|ok(?:ay)?,?\s+|also,?\s+|you can\s+|you may\s+|now\s+|so\s+|actually,?\s+|and\s+)*(?:forget|ignore|disregard|drop|never ?mind|scrap|cancel|lift|remove|withdraw|waive|delete)\b/i
const RETRACT_ANY =
  /\b(?:no longer (?:applies|apply|needed|required|necessary|matters?|holds?|relevant|in force)|(?:is|are|has been|have been) (?:lifted|void|withdrawn|cancelled|canceled|obsolete|waived|dropped|revoked)|(?:does not|doesn't|do not|don't) (?:apply|matter) any ?more|you (?:don't|do not|no longer) (?:need|have) to)\b/i
const RESTORE =
  /\b(?:(?:go|going|switch|change|roll|revert|return)(?: it| that| this)?(?: back)? to|restore|reinstate|bring back|put back)\s+(?:the\s+|my\s+|our\s+)?(?:earlier|previous|old|original|former|first|initial|prior)\b|\b(?:rule|constraint|limit|restriction)\b[^.]{0,40}\bapplies again\b/i

/** Reads the cue of a user's statement. A retraction needs a target: "ignore the generated files" is an instruction. */
export function cueOf(text: string): Cue {
  if (RESTORE.test(text)) return 'restore'
  if (RETRACT_ANY.test(text)) return 'retract'
  if (RETRACT_START.test(text) && (TARGET.test(text) || /\bnever ?mind\b/i.test(text))) return 'retract'
  return OVERRIDE.test(text) ? 'override' : null
}

/** The end of a temporal scope: "the release is out" ends what held "until the release". */
export function endsSomething(text: string): boolean {
  return /\b(?:is|are|has been|have been|was|were|'s)\s+(?:now\s+)?(?:out|done|over|finished|released|shipped|merged|complete|completed|live|closed|landed|deployed|migrated)\b|\b(?:shipped|released|merged|finished|completed|landed)\b/i.test(
    text,
  )
}
