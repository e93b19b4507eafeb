import { safeGit, type SecurityScope } from '@cairn/guard'
import type { Json } from '@cairn/journal'
import { isAbsolute, relative } from 'node:path'
import { realpathSync } from 'node:fs'
import { AgentError } from './errors.ts'

const HINT = 'Start with --mode security --scope FILE and a scope that names it. See docs/security-mode.md.'

/** Refuses to go on where the time of the scope is over. */
export function refuseExpired(scope: SecurityScope | null, now: number): void {
  if (scope === null || now < scope.expires) return
  throw new AgentError(
    'out-of-scope',
    `the scope of this session expired at ${new Date(scope.expires).toISOString()}`,
    'Ask the authoriser for a new scope file, and resume with it.',
  )
}

/** Refuses a workspace that is none of the repositories of the scope. */
export async function refuseForeignWorkspace(scope: SecurityScope | null, workspace: string): Promise<void> {
  if (scope === null || scope.paths.some((path) => isWithin(path, workspace))) return
  if (scope.remotes.length > 0) {
    const listed = await safeGit(['config', '--local', '--get-regexp', '^remote\\..*\\.url$'], {
      cwd: workspace,
    }).catch(() => null)
    const urls = (listed?.stdout.toString('utf8') ?? '')
      .split('\n')
      .map((line) => line.slice(line.indexOf(' ') + 1))
    if (scope.remotes.some((remote) => urls.includes(remote))) return
  }
  throw new AgentError('out-of-scope', `the scope does not name the repository ${workspace}`, HINT)
}

/** Refuses to go on without a scope with a session that was begun with one: its limits would be gone. */
export function refuseUnscoped(scope: SecurityScope | null, begunWith: string | null): void {
  if (scope !== null || begunWith === null) return
  throw new AgentError('out-of-scope', 'this session was begun in security mode', HINT)
}

function isWithin(path: string, workspace: string): boolean {
  let real: string
  try {
    real = realpathSync(path)
  } catch {
    return false
  }
  const rest = relative(real, workspace)
  return rest === '' || (rest !== '..' && !rest.startsWith('../') && !isAbsolute(rest))
}

/** What the journal keeps of a scope. */
export const scopeFacts = (scope: SecurityScope): Json => ({
  sha256: scope.sha256,
  role: scope.role,
  authoriser: scope.authoriser,
  expires: scope.expires,
})

/** Seconds that a turn may take: no turn outlives its scope. */
export function secondsLeft(scope: SecurityScope | null, seconds: number | null, now: number): number | null {
  if (scope === null) return seconds
  return Math.min(seconds ?? Infinity, (scope.expires - now) / 1_000)
}

const ROLES: Record<SecurityScope['role'], string> = {
  reviewer: 'a reviewer: find and explain defects, and prove them with tests in the repository',
  defender: 'a defender: harden the code, write detections and mend what is weak',
  responder: 'a responder: read evidence, reconstruct what happened, and keep the evidence as it is',
  tester: 'a tester: try attacks against the targets of the scope, and write down each attempt',
}

/** What the model is told of the scope, after its system prompt; empty outside of security mode. */
export function scopePrompt(scope: SecurityScope | null): string {
  if (scope === null) return ''
  const { role, authoriser, expires, paths, remotes, targets } = scope
  const list = (items: readonly string[]) => (items.length === 0 ? 'none' : items.join(', '))
  return `

# Security mode

You work as ${ROLES[role]}. ${JSON.stringify(authoriser)} authorised it until ${new Date(expires).toISOString()}.

- Repositories in scope: ${list([...paths, ...remotes])}.
- Hosts in scope, besides loopback inside the sandbox: ${list(targets)}. Every other host is refused.
- Do not touch systems of others, and do not hand over working attacks against them. What is out of scope stays out: say so and go on with the rest.
- Where a provider refuses a request, do not ask for the same in other words.`
}
