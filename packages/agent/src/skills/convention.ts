/** A skill, a slash command or a kind of sub-agent that may be used. */
export interface Convention {
  kind: 'skill' | 'command' | 'agent'
  name: string
  description: string
  /** Relative to the repository where it ships it, else absolute. */
  path: string
  from: 'repository' | 'user'
  /** Of the bytes that were read. */
  sha256: string
  /** What is done; of a command with `$ARGUMENTS` in it. */
  body: string
  /** Of an agent: the tools that it is given, and those that it is not, as its file lists them. */
  tools?: string
  without?: string
}

/** One that was found and does not count. */
export interface LeftOut {
  kind: 'skill' | 'command' | 'agent' | 'hooks'
  name: string
  path: string
  why: string
}

/** What a repository and its user have prepared. */
export interface Conventions {
  active: readonly Convention[]
  leftOut: readonly LeftOut[]
}
