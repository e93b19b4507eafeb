import type { ContextEngine } from '@cairn/context'
import type { Approver, PolicyFiles, Sandbox, SecurityScope } from '@cairn/guard'
import type { SigningKey } from '@cairn/journal'
import type { Model } from '@cairn/models'
import type { Terminal } from '@cairn/terminal'
import type { Budget } from './budget.ts'
import type { SessionCheck } from './completion-gate.ts'
import type { UserInput } from './image-file.ts'
import type { ReadServers } from './mcp/server-config.ts'
import type { Delta, Effort } from './model-step.ts'
import type { EventListener } from './recorder.ts'
import type { SessionState } from './session-state.ts'
import type { StepBoundary } from './step-boundary.ts'
import type { NestedSession } from './sub-agent/nested-session.ts'
import type { SessionWorktree } from './worktree/session-worktree.ts'
import type { Tool } from './tool.ts'
import type { TurnEnd } from './turn-end.ts'

export interface SessionOptions {
  sessionId: string
  /** File of the journal. */
  journal: string
  key: SigningKey
  /** Absolute path of the workspace. */
  cwd: string
  /** Top of the repository, for instruction files. */
  repositoryRoot: string
  model: Model
  window: number | null
  /** Ask the provider for its own compaction at an epoch switch, besides what cairn does. Default false. */
  providerCompaction?: boolean
  check: SessionCheck | null
  title: string
  version: string
  env: NodeJS.ProcessEnv
  /** Values that must never be seen, besides those of variables of `env` whose names look secret. */
  secrets?: readonly string[]
  /** Security mode: what it is authorised for. Default: an ordinary session. */
  scope?: SecurityScope
  /** Where the policy is read from. Default: the usual places. */
  policyFiles?: PolicyFiles
  /** Who is asked where the policy says `ask`. Default: nobody, and what would need an approval is refused. */
  approvers?: readonly Approver[]
  /** How long a question waits for its answer. Default 900. */
  approvalSeconds?: number
  /** Where the administrator's order to stop everything is looked for. Default: `/etc/cairn/stop`. */
  stopFile?: string
  /** Folders that hold cairn's own data; hidden from commands. */
  dataDir: string
  home: string
  now: () => number
  listener: EventListener
  onDelta: (delta: Delta) => void
  /** Default: what the provider does by itself. */
  effort?: Effort | null
  /** Whether the hooks of `~/.claude/settings.json` count as the person's own. Default: no. */
  claudeHooks?: boolean
  /** Whether the model may start sub-agents. Default: no. */
  subAgents?: boolean
  /** Which tools the model is given. Default: all. */
  allows?: (tool: Pick<Tool, 'name' | 'effect'>) => boolean
  /** Set where this is the session of a sub-agent. */
  nested?: NestedSession
  /** The worktree that the session works in, where it has one of its own. */
  worktree?: SessionWorktree
  /** Folders outside of the workspace that commands may read. */
  readable?: readonly string[]
  /** MCP servers, as `loadServers` gives them. */
  mcp?: ReadServers
  /** Not for sub-agents. Default: none. */
  stepBoundary?: StepBoundary
  /** Names the running code, for what is kept between two runs of it. Default: that of the bundle. */
  code?: string
}

export interface Session {
  readonly id: string
  readonly state: SessionState
  readonly context: ContextEngine
  readonly sandbox: Sandbox
  readonly terminal: Terminal
  /** Runs one request to its end; without text it goes on with what was interrupted. */
  run(said: string | UserInput | null, budget: Budget, signal: AbortSignal): Promise<TurnEnd>
  /**
   * Says something while a turn is under way: it is delivered at the next boundary between two steps, and the turn does
   * not end before. Gives a function that takes it back; false where it was delivered already.
   */
  steer(said: string | UserInput): () => boolean
  setEffort(effort: Effort | null): void
  /** Starts a new epoch now, or at the next boundary where a turn is under way. */
  compact(): void
  /** Keeps a text in the ledger with the authority of the person. */
  pin(text: string): void
  rename(title: string): void
  /** Ends all processes, and closes the journal with a signed checkpoint. */
  close(): Promise<void>
}
