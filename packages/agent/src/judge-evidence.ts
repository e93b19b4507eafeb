import type { FinishClaim } from './tool.ts'

/** A command that ran in this session, as the journal knows it. */
interface RanCommand {
  command: string
  ok: boolean
  seq: number
}

export interface EvidenceFacts {
  /** Newest run of each command. */
  commands: readonly RanCommand[]
  /** Seq of the newest change of a file by a tool; 0 without one. */
  changedAt: number
  /** Whether a path of the workspace is there. */
  exists: (path: string) => boolean
}

/** Claims that only a run of something can show. */
const NEEDS_RUN =
  /\b(?:tests?|specs?|suites?|lint(?:s|er|ing)?|type[- ]?checks?|types|builds?|compil(?:es?|ation)|benchmarks?|checks?)\b[^.]*\b(?:pass(?:es|ed|ing)?|green|succeed(?:s|ed)?|clean|works?|ok|fixed|compiles?|builds?|without (?:errors?|failures?|warnings?))\b|\b(?:pass(?:es|ed|ing)?|green)\b[^.]*\b(?:tests?|checks?|suites?|lint|build)\b|\bbuilds? (?:cleanly|again|without)\b|\bcompiles\b/i
/** Commands whose success says nothing about the work. */
const SAYS_NOTHING =
  /^(?:echo|printf|true|:|exit 0|ls|pwd|cat|head|tail|cd|sleep|date|whoami|which|touch|mkdir)\b/
const PATH =
  /(?:^|[\s`'"(])((?:\.{0,2}\/)?[\w@.-]+(?:\/[\w@.-]+)*\.[A-Za-z]\w*|[\w@.-]+(?:\/[\w@.-]+)+)(?=[\s`'"):,;#]|$)/g

const plain = (text: string) => text.replaceAll(/[`"']/g, '').replaceAll(/\s+/g, ' ').trim().toLowerCase()

/**
 * Holds the evidence that claims name against what happened: a command that ran and passed after the last change, or a
 * file that is there. Gives a reason for each claim without one.
 */
export function judgeEvidence({ claims }: FinishClaim, facts: EvidenceFacts): string[] {
  return claims.flatMap(({ claim, evidence }) => {
    if (evidence.length === 0) return [`the claim "${short(claim)}" names no evidence`]
    const verdicts = evidence.map((item) => weigh(item, NEEDS_RUN.test(claim), facts))
    if (verdicts.includes(null)) return []
    const why = [...new Set(verdicts)].join('; ')
    return [`the claim "${short(claim)}" has no evidence that holds: ${why}`]
  })
}

/** Null where the item is evidence, else what is wrong with it. */
function weigh(item: string, needsRun: boolean, facts: EvidenceFacts): string | null {
  const said = plain(item)
  // The longest first: `npm test` is also in `npm test -- --watch`.
  const named = [...facts.commands]
    .sort((a, b) => b.command.length - a.command.length)
    .find(({ command }) => plain(command) !== '' && said.includes(plain(command)))
  if (named !== undefined) {
    if (SAYS_NOTHING.test(named.command.trim())) {
      if (needsRun) return `\`${named.command}\` shows nothing about it`
    } else if (!named.ok) return `\`${short(named.command)}\` failed when it last ran`
    else if (named.seq < facts.changedAt) return `files changed after \`${short(named.command)}\` ran`
    return null
  }
  const paths = [...item.matchAll(PATH)].map((match) => (match[1] ?? '').replace(/[.,:]+$/, ''))
  const missing = paths.filter((path) => !facts.exists(path))
  if (needsRun) return `${quoted(item)} is no command that ran in this session`
  if (paths.length > missing.length) return null
  return missing.length > 0
    ? `${missing[0]} does not exist`
    : `${quoted(item)} names no command that ran and no file that is there`
}

const short = (text: string) => (text.length > 100 ? `${text.slice(0, 100)}…` : text)
const quoted = (text: string) => JSON.stringify(short(text))
