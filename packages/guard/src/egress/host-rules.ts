import type { BlockList } from 'node:net'
import type { Effect, PolicyLayer, Rule } from '../policy/rule.ts'
import { isTarget, outsideScope } from '../scope/scope-layer.ts'
import { addressSet } from './address-kind.ts'
import { coversHost, parseHostPattern } from './host-pattern.ts'
import type { HostPattern } from './host-pattern.ts'

/** What a command wants to reach. */
export interface HostTarget {
  /** In its one spelling. */
  host: string
  port: number
  /** An HTTP method, `CONNECT` for an encrypted connection. */
  method: string
}

export interface HostDecision {
  decision: Effect
  /** `layer:id`, or `none` where nothing names the host. */
  rule: string
  reason: string
  /** What holds for the connection where it is allowed, or a person says yes. */
  terms: HostTerms | null
}

export interface HostTerms {
  /** Addresses that are not public, and may be dialled all the same. */
  addresses: BlockList | null
  /** Bytes a session. */
  upload: number
  download: number
}

const defaultUpload = 32 * 2 ** 20
const defaultDownload = 8 * 2 ** 30

interface HostRule {
  rule: Rule
  /** Null: the rule is about every host. */
  patterns: readonly HostPattern[] | null
  terms: HostTerms | null
}

export interface HostRules {
  /** Every host that a rule allows or asks for, as it is written there. */
  readonly named: readonly string[]
  decide(target: HostTarget): HostDecision
}

/** Rules that concern what commands reach: those with hosts, and those about everything that do not allow. */
const concerned = (rule: Rule): boolean =>
  rule.command === undefined &&
  rule.path === undefined &&
  (rule.tool === undefined || rule.tool.includes('egress')) &&
  (rule.host !== undefined || rule.effect !== 'allow')

const hostRule = (rule: Rule): HostRule => ({
  rule,
  patterns:
    rule.host === undefined
      ? null
      : rule.host.map(parseHostPattern).filter((pattern): pattern is HostPattern => pattern !== null),
  terms:
    rule.effect === 'deny'
      ? null
      : {
          addresses: rule.address === undefined ? null : addressSet(rule.address),
          upload: rule.upload ?? defaultUpload,
          download: rule.download ?? defaultDownload,
        },
})

/**
 * The rules of a policy about hosts, with the same order of layers as for every other action: the first of managed and user
 * that names the host decides, user and project make it stricter, and what nobody names is denied.
 */
export const hostRules = (layers: readonly PolicyLayer[]): HostRules => {
  const read = layers.map(({ name, rules }) => ({ name, rules: rules.filter(concerned).map(hostRule) }))
  const named = read.flatMap(({ name, rules }) =>
    name === 'project' ? [] : rules.flatMap(({ rule, terms }) => (terms === null ? [] : (rule.host ?? []))),
  )
  return {
    named: [...new Set(named)],
    decide(target) {
      for (const { onlyHosts } of layers)
        if (onlyHosts !== undefined && !isTarget(onlyHosts, target.host, target.port))
          return { decision: 'deny', rule: 'scope:outside', reason: outsideScope(target.host), terms: null }
      const found = read.map(({ name, rules }) => ({ name, finding: ofLayer(name, rules, target) }))
      const base = found.find(({ name, finding }) => name !== 'project' && finding !== null)?.finding
      let best: HostDecision = base ?? {
        decision: 'deny',
        rule: 'none',
        reason: `No rule of the policy names ${target.host}:${target.port}.`,
        terms: null,
      }
      for (const { name, finding } of found) {
        const narrows = name === 'project' || name === 'user'
        if (narrows && finding !== null && strictness[finding.decision] > strictness[best.decision])
          // A yes to the question leads to what is allowed beyond it.
          best = finding.decision === 'ask' ? { ...finding, terms: best.terms ?? finding.terms } : finding
      }
      return best
    },
  }
}

const strictness: Record<Effect, number> = { allow: 0, ask: 1, deny: 2 }

const ofLayer = (layer: string, rules: readonly HostRule[], target: HostTarget): HostDecision | null => {
  for (const effect of ['deny', 'ask'] as const) {
    const found = rules.find(
      ({ rule, patterns }) =>
        rule.effect === effect &&
        (rule.method === undefined || rule.method.includes(target.method)) &&
        (patterns === null || patterns.some((pattern) => names(pattern, target, true))),
    )
    if (found !== undefined)
      return {
        decision: effect,
        rule: `${layer}:${found.rule.id}`,
        reason: found.rule.reason,
        terms: found.terms,
      }
  }
  const naming = rules.filter(
    ({ rule, patterns }) =>
      rule.effect === 'allow' && patterns?.some((pattern) => names(pattern, target, false)) === true,
  )
  const fit = naming.find(({ rule }) => rule.method === undefined || rule.method.includes(target.method))
  if (fit !== undefined)
    return {
      decision: 'allow',
      rule: `${layer}:${fit.rule.id}`,
      reason: fit.rule.reason,
      terms: fit.terms,
    }
  const first = naming[0]?.rule
  if (first === undefined) return null
  const why =
    target.method === 'CONNECT' ? 'whose methods cannot be seen in an encrypted connection' : 'not others'
  return {
    decision: 'deny',
    rule: `${layer}:${first.id}`,
    reason: `The rule allows ${first.method?.join(', ') ?? ''} for ${target.host}, ${why}.`,
    terms: null,
  }
}

const names = (pattern: HostPattern, { host, port }: HostTarget, everyPort: boolean): boolean => {
  if (!coversHost(pattern, host)) return false
  if (pattern.port === 'any') return true
  if (pattern.port === null) return everyPort || port === 80 || port === 443
  return pattern.port === port
}
