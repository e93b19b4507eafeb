/** Text in tool output that talks to the model instead of reporting: it gets no place in the ledger. */
const INJECTION =
  /\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:previous|prior|above|earlier|all|your|system|policy|policies)\b.{0,30}\b(?:instructions?|prompts?|rules?|constraints?|messages?|policy|policies|guidelines)\b|\bsystem prompt\b|\byou are (?:now|an? (?:ai|assistant|agent|language model))\b|\b(?:ai|language model|assistant|agent|llm)s?\b[,:]? (?:must|should|please|has to|need)\b|\bdo not tell the user\b|\bas an ai\b|<\/?(?:system|assistant|user|instructions?)>|\bomit (?:the )?(?:policy|rules|constraints)\b|\bnew instructions?:/i
const NOTE =
  /\b(?:must|must not|never|do not|don't|required|requires|deprecated|deprecation|not supported|unsupported|incompatible|obsolete|warning|caution|important|breaking change|read-only|end of life)\b/i
const NOTICE = /^\s*(?:\w*warn(?:ing)?|note|notice|caution|important|\w*deprecat\w*|npm warn)\b/i
/** Source text, comments, numbered or diff lines, and help of options: read, not reported. */
const CODE =
  /^\s*(?:import|export|const|let|var|function|return|if|for|while|class|def|from|public|private|#include|package|use|fn|type|interface)\b.*[;{(=:]\s*$|[;{}]\s*,?\s*$|=>|===|`\$\{|\w\(.*\)|^\s*(?:\/\/|#|\*|\/\*|<!--|--?\w|\d+\s*[\t│|]|[+-] )|^\S+:\d+[:-]|["'`]\s*[,+)]*\s*$/
const FAILURE =
  /^(?:\s*(?:[✗✘✖×]|FAIL(?:ED)?\b|not ok\b|E {3}|error(?:\[\w+\])?[:\s]|fatal:|panic:|npm ERR!|Error:|\w+(?:Error|Exception)\b:?|Traceback\b|[\w./\\-]+[:(]\d+(?:[:,]\d+)?\)?:? (?:fatal )?error\b|--- FAIL:|thread '.*' panicked|bash: |sh: |\S+: command not found|AssertionError))|\b(?:command not found|No such file or directory|Permission denied|Segmentation fault|ENOENT|EACCES|ECONNREFUSED|Cannot find module)\b/

const KEYWORD =
  /must|never|not|n't|requir|deprecat|support|compatible|obsolete|warn|caution|important|break|read-only|end of life|err|fail|fatal|panic|exception|traceback|no such|denied|fault|enoent|eacces|econn|[✗✘✖×]|E {3}|sh: /i

/** What a line of tool output reports; null for the rest. Never a constraint (I4). */
export function classifyOutputLine(line: string): 'fact' | 'failure' | null {
  if (line.length < 6 || line.length > 600) return null
  const failure = FAILURE.test(line)
  if (!failure && !(NOTE.test(line) && (NOTICE.test(line) || !CODE.test(line)) && /\s/.test(line.trim())))
    return null
  return isInjection(line) ? null : failure ? 'failure' : 'fact'
}

/** Whether an output has any word that could make one of its lines count: most have none, and need no closer look. */
export function mayReport(output: string): boolean {
  return KEYWORD.test(output)
}

export function isInjection(text: string): boolean {
  return INJECTION.test(text)
}
