/** Moments at which hooks are run, by the names that other agents gave them. */
export const HOOK_EVENTS = [
  'PreToolUse',
  'PostToolUse',
  'PostToolUseFailure',
  'UserPromptSubmit',
  'Stop',
  'SubagentStop',
  'SessionStart',
  'SessionEnd',
  'PreCompact',
  'Notification',
] as const
export type HookEvent = (typeof HOOK_EVENTS)[number]

/** One command that runs at a moment. */
export interface Hook {
  event: HookEvent
  /** Whole names, parted by `|`, or a regular expression over a whole name. Null: every one. */
  matcher: RegExp | null
  command: string
  timeoutMs: number
  /** The file that names it, as a person knows it. */
  file: string
  /** Programs of the repository that the command names, with the hash of each when the session began. */
  scripts: ReadonlyMap<string, string>
}

/** What was found of hooks. */
export interface ReadHooks {
  hooks: Hook[]
  /** What does not count, and why, for a person. */
  problems: string[]
}
