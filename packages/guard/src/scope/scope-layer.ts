import { isIP } from 'node:net'
import { addressSet, hasAddress } from '../egress/address-kind.ts'
import { coversHost, parseHostPattern } from '../egress/host-pattern.ts'
import type { PolicyLayer } from '../policy/rule.ts'
import type { SecurityScope } from './security-scope.ts'

/** The layer of a scope: it allows nothing, and refuses every host that the scope does not name. */
export const scopeLayer = (scope: SecurityScope): PolicyLayer => ({
  name: 'scope',
  file: null,
  rules: [],
  defaults: {},
  onlyHosts: scope.targets,
})

/** Whether a host in its one spelling is among the targets; `port` null where it is not known. */
export function isTarget(targets: readonly string[], host: string, port: number | null): boolean {
  return targets.some((text) => {
    if (text.includes('/')) {
      const set = addressSet([text])
      return set !== null && isIP(host) !== 0 && hasAddress(set, host)
    }
    const pattern = parseHostPattern(text)
    if (pattern === null || pattern.name === null || !coversHost(pattern, host)) return false
    return port === null || typeof pattern.port !== 'number' || pattern.port === port
  })
}

/** What is said of a host that no target covers. */
export const outsideScope = (host: string): string =>
  `The scope of this session does not name ${host}. Security work stays within the scope that was authorised.`
