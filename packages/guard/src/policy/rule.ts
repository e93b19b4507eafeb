export type Effect = 'deny' | 'ask' | 'allow'

/** One rule of a policy file. A rule without `command`, `path` and `host` is about every call of its tools. */
export interface Rule {
  /** Unique in its file; a decision names it as `layer:id`. */
  id: string
  effect: Effect
  /** Names of tools, or `exec` and `write` for all tools of that effect. Default: all. */
  tool?: readonly string[]
  /**
   * Patterns of a program with its arguments, words parted by blanks; `*` stands for any characters of one word, `...` for any
   * number of words. To deny or ask, the beginning of a command suffices; to allow, all of it has to fit.
   */
  command?: readonly string[]
  /** Globs relative to the workspace: `*` within a name, `**` across folders. */
  path?: readonly string[]
  /** Host names; `*.example.org` covers what is below it. */
  host?: readonly string[]
  /** What the model and the person are told. */
  reason: string
}

/** What holds where no rule of a file fits; left out, the next layer decides. */
export type Defaults = Partial<Record<'exec' | 'write', Effect>>

export type LayerName = 'managed' | 'user' | 'project' | 'builtin'

export interface PolicyLayer {
  name: LayerName
  /** The file it came from; null for the built-in one. */
  file: string | null
  rules: readonly Rule[]
  defaults: Defaults
}

/** What is about to be done, exactly. */
export interface Action {
  tool: string
  effect: 'exec' | 'write'
  /** A shell line. */
  command?: string
  /** Relative to the workspace, or absolute. */
  paths?: readonly string[]
  host?: string
}

export interface Decision {
  decision: Effect
  /** `layer:id`, or `none` where nothing fits. */
  rule: string
  reason: string
  /** Hash over all layers as they were when it was decided. */
  policySha256: string
}
