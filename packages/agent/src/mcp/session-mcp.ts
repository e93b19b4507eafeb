import type { Policy, Redactor, Sandbox } from '@cairn/guard'
import type { Store } from '@cairn/journal'
import type { SessionOptions } from '../session.ts'
import { lastDeclared } from './last-declared.ts'
import { openTokenStore } from './oauth/token-store.ts'
import type { McpTools } from './open-mcp.ts'
import { pinnedToolsFolder } from './pinned-tools.ts'

/** The servers of a session: its own, those of its parent, or null. Their secrets are known to `redactor` before they are used. */
export async function sessionMcp(deps: {
  options: SessionOptions
  sandbox: Sandbox
  ready: () => Promise<void>
  policy: Pick<Policy, 'decide'>
  store: Pick<Store, 'read' | 'getBlob'>
  redactor: Pick<Redactor, 'register'>
  onProblem: (text: string) => void
}): Promise<{
  own: McpTools | null
  given: Pick<McpTools, 'tools' | 'find' | 'problems' | 'eachSecret'> | null
}> {
  const { options, sandbox, ready, policy, onProblem } = deps
  const { mcp, nested, dataDir, version } = options
  const open = async (): Promise<McpTools | null> => {
    if (mcp === undefined || mcp.servers.length === 0 || nested !== undefined) return null
    const { openMcp } = await import('./open-mcp.ts')
    return openMcp({
      servers: mcp.servers,
      sandbox,
      ready,
      policy,
      pins: pinnedToolsFolder(dataDir),
      logins: openTokenStore(dataDir),
      before: lastDeclared(deps.store),
      version,
      onProblem,
    })
  }
  const own = await open()
  const given = nested === undefined ? own : nested.mcp
  given?.eachSecret((value) => deps.redactor.register(value))
  return { own, given }
}
