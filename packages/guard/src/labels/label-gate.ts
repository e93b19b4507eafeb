import { createHash } from 'node:crypto'
import type { Provenance } from '../approval/approval.ts'
import { matchHost } from '../policy/match-pattern.ts'
import type { Action, Decision, PolicyLayer } from '../policy/rule.ts'
import type { Analysis } from '../shell/analysis.ts'
import { outsideEffect, type Destination } from './destinations.ts'
import { findLiteral } from './trusted-text.ts'

/** What a session has read, as far as decisions depend on it. */
export interface SessionLabels {
  /** Event of the first text that somebody else may have written; null as long as there was none. */
  untrusted: number | null
  /** Event after which private data may be in the context, and what it was. */
  private: { seq: number; what: string } | null
  /** What the person wrote, and what they approved. */
  trusted: readonly string[]
  /** What the project depended on, and where its repository came from, when the session began. */
  project: { packages: ReadonlySet<string>; hosts: ReadonlySet<string>; remotes: ReadonlySet<string> }
}

export interface LabelJudgement {
  decision: Decision
  provenance: readonly Provenance[]
}

function isTrusted(
  { kind, literal }: Destination,
  labels: SessionLabels,
  layers: readonly PolicyLayer[],
): boolean {
  const { packages, hosts, remotes } = labels.project
  if (kind === 'package' && packages.has(literal.toLowerCase())) return true
  if (kind === 'host' && hosts.has(literal.toLowerCase())) return true
  if (kind === 'remote' && remotes.has(literal)) return true
  const allowed = (pattern: string) => pattern !== '*' && matchHost(pattern.replace(/:[\d*]+$/u, ''), literal)
  if (
    kind === 'host' &&
    layers.some(({ rules }) =>
      rules.some(({ effect, host }) => effect === 'allow' && host?.some(allowed) === true),
    )
  )
    return true
  return labels.trusted.some((text) => findLiteral(text, literal, kind) >= 0)
}

/** Whether a person wrote a rule for this very command: then its destinations are theirs. */
function namesCommand(layers: readonly PolicyLayer[], rule: string): boolean {
  return layers.some(
    ({ name, rules }) =>
      (name === 'managed' || name === 'user') &&
      rules.some(({ id, command }) => command !== undefined && rule === `${name}:${id}`),
  )
}

/**
 * Raises an allowed action to a question where what the session has read demands it: a destination that no trusted text
 * names, or untrusted text, private data and an effect outside of the workspace together (the rule of two). Never
 * lowers a decision. Pure; no model has a say.
 */
export function judgeLabels(
  action: Action,
  analysis: Analysis | null,
  decision: Decision,
  deps: {
    labels: SessionLabels
    layers: readonly PolicyLayer[]
    /** The first text of the session that has a literal. */
    sourceOf: (destination: Destination) => Provenance['source']
  },
): LabelJudgement {
  const { labels, layers } = deps
  const effect = outsideEffect(analysis?.commands ?? [])
  if (action.host !== undefined) effect.destinations.push({ kind: 'host', literal: action.host })
  const unknown = effect.destinations.filter((each) => !isTrusted(each, labels, layers))
  const waived = decision.decision === 'allow' && namesCommand(layers, decision.rule)
  const provenance = waived ? [] : unknown.map((each) => ({ ...each, source: deps.sourceOf(each) }))
  if (decision.decision !== 'allow') return { decision, provenance }
  const [first] = provenance
  if (first !== undefined) {
    const from =
      first.source === null
        ? 'it was first named by the model'
        : `it comes from event ${first.source.seq} (${first.source.origin})`
    return {
      decision: raised(
        decision,
        'labels:destination',
        `The ${first.kind} ${first.literal} is named neither by the user nor by the project or the policy; ${from}.`,
      ),
      provenance,
    }
  }
  const outside = effect.sends || action.host !== undefined
  if (outside && labels.untrusted !== null && labels.private !== null)
    return {
      decision: raised(
        decision,
        'labels:rule-of-two',
        `It sends something out of the workspace after private data was read (${labels.private.what}, event ${labels.private.seq}), in a session that has read text of others (event ${labels.untrusted}).`,
      ),
      provenance,
    }
  return { decision, provenance }
}

function raised(decision: Decision, rule: string, reason: string): Decision {
  const id = createHash('sha256').update(`${decision.id}\n${rule}\n${reason}`).digest('hex').slice(0, 16)
  return { ...decision, id, decision: 'ask', rule, reason }
}
