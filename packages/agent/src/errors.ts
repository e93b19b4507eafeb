/** What stops a session from being composed or continued. `hint` says what to do. */
export class AgentError extends Error {
  override readonly name = 'AgentError'
  readonly code:
    | 'no-session'
    | 'stopped'
    | 'sub-agent'
    | 'out-of-scope'
    | 'bad-folder'
    | 'no-sandbox'
    | 'no-model'
    | 'mcp-server'
    | 'mcp-login'
    | 'nothing-to-undo'
    | 'nothing-to-redo'
    | 'inactive-command'
    | 'unknown-skill'
    | 'bad-image'
    | 'worktree'
  readonly hint: string
  constructor(code: AgentError['code'], message: string, hint: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    this.hint = hint
  }
}
