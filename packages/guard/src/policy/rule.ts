export type Effect = 'deny' | 'ask' | 'allow'

/** What an action amounts to: `merge` is a push or a merged request, `secret` names a file with keys. */
export type ActionKind = 'publish' | 'merge' | 'egress' | 'install' | 'secret'

/** One rule of a policy file. A rule without `command`, `path` and `host` is about every call of its tools. */
export interface Rule {
  /** Unique in its file; a decision names it as `layer:id`. */
  id: string
  effect: Effect
  /** Names of tools, in which `*` stands for any characters (`mcp__db__*`), or `exec` and `write` for all tools of that effect. Default: all. */
  tool?: readonly string[]
  /**
   * Patterns of a program with its arguments, words parted by blanks; `*` stands for any characters of one word, `...` for any
   * number of words. To deny or ask, the beginning of a command suffices; to allow, all of it has to fit.
   */
  command?: readonly string[]
  /** Globs relative to the workspace: `*` within a name, `**` across folders. */
  path?: readonly string[]
  /**
   * Hosts that commands may reach: `name`, `*.name` for what is below it, an address, each also with `:port` or `:*`; `*`
   * for all, to deny and ask only. Without a port, 80 and 443 are allowed, and every port is denied.
   */
  host?: readonly string[]
  /** HTTP methods; `CONNECT` stands for an encrypted connection, whose methods nobody sees. Default: all. */
  method?: readonly string[]
  /** Addresses and ranges such as `10.0.0.0/8` that the hosts may have although they are not public. */
  address?: readonly string[]
  /** Most bytes that a session may send to each of the hosts. Default 32 MiB. */
  upload?: number
  /** Most bytes that a session may get from each of the hosts. Default 8 GiB. */
  download?: number
  /** What the action amounts to, however it is written; to deny and ask only. */
  kind?: readonly ActionKind[]
  /** With `ask`: how many different people have to say yes, 1 to 5. Default 1. */
  approvers?: number
  /** With `ask`: the role, of the same file, that those people must have. */
  role?: string
  /** What the model and the person are told. */
  reason: string
}

/** What holds where no rule of a file fits; left out, the next layer decides. */
export type Defaults = Partial<Record<'exec' | 'write', Effect>>

export type LayerName = 'scope' | 'managed' | 'user' | 'project' | 'builtin'

export interface PolicyLayer {
  name: LayerName
  /** The file it came from; null for the built-in one. */
  file: string | null
  rules: readonly Rule[]
  defaults: Defaults
  /** Role → identities such as `local:ann`. Not in the file of a project. */
  roles?: Readonly<Record<string, readonly string[]>>
  /** Where it is there, every other host is refused, whatever other layers allow. Only a scope has it. */
  onlyHosts?: readonly string[]
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
  /** Derived from the action, the rule and the policy: asking again about the same gives the same id. */
  id: string
  decision: Effect
  /** `layer:id`, or `none` where nothing fits. */
  rule: string
  reason: string
  /** Hash over all layers as they were when it was decided. */
  policySha256: string
  /** Where it asks: how many different people have to say yes. Default 1. */
  approvers?: number
  /** Where it asks: the identities that may answer. Default: anybody. */
  allowed?: readonly string[]
}
