import type { Classified } from './classify-user.ts'

const REJECTED =
  /\b(?:I|we)(?:'ve| have)? (?:rejected|ruled out|discarded|abandoned|dismissed|decided (?:against|not to)|chose not to|opted (?:against|not to))\b|\b(?:I|we) (?:won't|will not|am not going to|are not going to) (?:use|add|introduce|rely|change|touch|go with|pursue)\b|\b(?:I'm|we're) not going to (?:use|add|introduce|rely|change|touch|go with|pursue)\b|^rejected\b|\bis rejected (?:because|since|as)\b|\bapproach (?:is|was) (?:rejected|abandoned)\b/i
const DECISION =
  /\b(?:I|we)(?:'ve| have)? (?:decided|chosen|chose|settled on|opted (?:for|to)|picked)\b|\b(?:I|we)(?:'ll| will) (?:keep|stick (?:to|with)|stay with|go with|adopt|standardi[sz]e|name (?:it|the)|call (?:it|the)|treat|store|return|represent)\b|\b(?:I'm|I am|we're|we are) (?:going|sticking|staying) with\b|\b(?:I|we)(?:'ll| will) use\b|\b(?:I'm|I am|we're|we are) using\b.+\b(?:because|since|instead|rather than|for)\b|^(?:decision|design decision|decided)\s*:|^the (?:decision|plan|approach|design) is to\b|\bgoing with\b|\bnot (?:use|using)\b.+\bbecause\b|\buse(?:s|d)? [\w`.-]+ instead of [\w`.-]+/i
const ASSUMPTION =
  /\b(?:I|we)(?:'m|'ll|'re| am| are| will)? (?:assum(?:e|ed|ing)|presum(?:e|ing)|take it that|suppose)\b|^(?:assuming|assumption|presumably)\b|\bmy assumption\b|\bunder the assumption\b|\b(?:on|with) the assumption\b/i
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
  if (REJECTED.test(text)) return { type: 'rejected', polarity: -1 }
  if (ASSUMPTION.test(text)) return { type: 'assumption', polarity: 1 }
  if (!DECISION.test(text) || TOOLING.test(text) || ERRAND.test(text)) return null
  return { type: 'decision', polarity: /\bnot (?:to|use|using)\b|\bagainst\b/i.test(text) ? -1 : 1 }
}
