import type { Transcript } from './transcript.ts'

const mending =
  /\b(?:fix(?:es|ed|ing)?|repair\w*|mend\w*|debug\w*|broken?|fail(?:s|ed|ing|ure|ures)?|bugs?|green|pass(?:es|ing)?|correct|wrong|crash\w*|errors?|red)\b/i
const question =
  /^\s*(?:what|why|how|who|when|where|which|explain|describe|summari[sz]e|can you tell|tell me|is there|are there|does|do)\b/i
const feature =
  /^\s*(?:please\s+)?(?:add|implement|create|write|build|refactor|rename|migrate|document|upgrade|translate|convert|remove|delete)\b/i

/** Whether a person asks for what the engine can do: making a failing check pass. */
export function isRepairTask(text: string): boolean {
  if (question.test(text) && !/\b(?:fix|repair|mend)\b/i.test(text)) return false
  if (feature.test(text) && !/\b(?:fix|repair|mend|broken|failing|bugs?)\b/i.test(text)) return false
  return mending.test(text) || /\b(?:tests?|check|suite)\b/i.test(text)
}

/** The request of the person: the first text that is not a message of the harness. */
export function taskText({ userTexts }: Transcript): string {
  return userTexts.find((text) => text.trim() !== '' && !text.startsWith('Not accepted')) ?? ''
}

/** The check as it is named in the request, by the user or by the harness; null where none is. */
export function namedCheck({ everything }: Transcript): string | null {
  const patterns = [
    /--check[= ]["'`]([^"'`\n]+)["'`]/,
    /--check[= ](\S+)/,
    /\bcheck(?: command)?(?: is)?:? `([^`\n]+)`/i,
    /\brun:? `((?:npm|node|pnpm|yarn|npx)[^`\n]*)`/i,
    /`((?:npm (?:test|run \S+)|node --test[^`\n]*))`/,
  ]
  for (const pattern of patterns) {
    const found = pattern.exec(everything)?.[1]
    if (found !== undefined) return found.trim()
  }
  return null
}

/** The check that a `package.json` declares; null where it has none. */
export function declaredCheck(packageText: string): string | null {
  try {
    const parsed: unknown = JSON.parse(packageText)
    const scripts =
      typeof parsed === 'object' && parsed !== null && 'scripts' in parsed ? parsed.scripts : null
    if (
      typeof scripts !== 'object' ||
      scripts === null ||
      !('test' in scripts) ||
      typeof scripts.test !== 'string'
    )
      return null
    return /no test specified/.test(scripts.test) || scripts.test.trim() === '' ? null : 'npm test'
  } catch {
    return null
  }
}
