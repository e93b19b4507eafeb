import { projectKey, type Locked, type Scope } from './locked-package.ts'

const SCOPES: readonly Scope[] = ['required', 'optional', 'dev']

/** What each package is needed for: what the lock file says, else the most needed way from a project to it. */
export function resolveScopes({ packages, projects }: Locked): Map<string, Scope> {
  const scopes = new Map<string, Scope>()
  for (const [key, { scope }] of packages) if (scope !== null) scopes.set(key, scope)
  const byKey = new Map(projects.map((one) => [projectKey(one.folder), one]))
  for (const [rank, scope] of SCOPES.entries()) {
    const seen = new Set(byKey.keys())
    const queue = [...seen]
    for (const key of queue) {
      const edges = byKey.get(key)?.edges ?? packages.get(key)?.edges ?? []
      for (const edge of edges) {
        if (SCOPES.indexOf(edge.scope) > rank || seen.has(edge.to)) continue
        seen.add(edge.to)
        queue.push(edge.to)
        if (!scopes.has(edge.to) && packages.has(edge.to)) scopes.set(edge.to, scope)
      }
    }
  }
  for (const key of packages.keys()) if (!scopes.has(key)) scopes.set(key, 'required')
  return scopes
}
