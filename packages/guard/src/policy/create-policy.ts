import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { canonicalHost } from '../egress/canonical-host.ts'
import { outsideEffect } from '../labels/destinations.ts'
import { isTarget, outsideScope } from '../scope/scope-layer.ts'
import type { Analysis } from '../shell/analysis.ts'
import { shellScript } from '../shell/launchers.ts'
import { actionKinds } from './action-kinds.ts'
import { builtinCommand, builtinPaths } from './builtin-layer.ts'
import type { BuiltinFinding } from './builtin-layer.ts'
import { allowsCommand, matchArgv, readings } from './match-command.ts'
import { matchHost, matchPath, matchWord } from './match-pattern.ts'
import type { Action, ActionKind, Decision, Effect, LayerName, PolicyLayer, Rule } from './rule.ts'

export interface Policy {
  readonly layers: readonly PolicyLayer[]
  readonly sha256: string
  /** Decides on one action. The shell parser is loaded with the first command, the second one only where it is needed. */
  decide(action: Action): Promise<Decision>
  /** The decision with what it rests on. */
  explain(action: Action): Promise<{
    decision: Decision
    analysis: Analysis | null
    layers: { layer: string; finding: Finding | null }[]
  }>
}

const noKinds: ReadonlySet<ActionKind> = new Set()
/** Layers that never allow anything by themselves. */
const ONLY_NARROWS: ReadonlySet<LayerName> = new Set(['project', 'scope'])

interface Finding {
  effect: Effect
  rule: string
  reason: string
}

const strictness: Record<Effect, number> = { allow: 0, ask: 1, deny: 2 }
const order: readonly Effect[] = ['deny', 'ask', 'allow']

/** What an action is to the rules: paths below the workspace, and every reading of every command. */
interface Case {
  action: Action
  paths: readonly string[]
  analysis: Analysis | null
  kinds: ReadonlySet<ActionKind>
  /** For each command of the line, the argument lists that it may stand for. */
  commands: readonly (readonly (string | null)[])[][]
}

/** Makes a policy of its layers, the strongest first. */
export function createPolicy(
  layers: readonly PolicyLayer[],
  options: { workspace: string; now: () => number },
): Policy {
  const { workspace, now } = options
  const sha256 = createHash('sha256')
    .update(
      JSON.stringify(
        layers.map(({ name, rules, defaults, roles, onlyHosts }) => ({
          name,
          rules,
          defaults,
          roles,
          onlyHosts,
        })),
      ),
    )
    .digest('hex')
  const allowsCommands = layers.some((layer) =>
    layer.rules.some((rule) => rule.effect === 'allow' && rule.command !== undefined),
  )

  const usesKinds = layers.some((layer) => layer.rules.some((rule) => rule.kind !== undefined))

  let shell: ReturnType<typeof loadShell> | null = null

  /** The line, and every script in it that a shell is given as text. */
  const analyse = async (line: string): Promise<Analysis> => {
    const { analyseCommand, crossCheck } = await (shell ??= loadShell(allowsCommands ? now : null))
    const deep = (text: string, depth: number): Analysis => {
      const analysis = analyseCommand(text, crossCheck)
      if (depth === 3 || analysis.certain) return analysis
      const inner = analysis.commands.slice(0, 50).flatMap(({ argv }) => {
        const script = argv[0] === 'eval' ? argv.slice(1).join(' ') : shellScript(argv)
        return script === null || script === '' ? [] : [deep(script, depth + 1)]
      })
      if (inner.length === 0) return analysis
      return {
        ...analysis,
        commands: [...analysis.commands, ...inner.flatMap(({ commands }) => commands)],
        disguised: analysis.disguised || inner.some(({ disguised }) => disguised),
      }
    }
    return deep(line, 0)
  }

  const caseOf = async (action: Action): Promise<Case> => {
    const paths = (action.paths ?? []).map((path) =>
      posix.relative(workspace, posix.resolve(workspace, path)),
    )
    const analysis = action.command === undefined ? null : await analyse(action.command)
    const kinds = usesKinds ? actionKinds(action, analysis?.commands ?? []) : noKinds
    return { action, paths, analysis, kinds, commands: analysis?.commands.map(readings) ?? [] }
  }

  const builtin = ({ analysis, paths }: Case): BuiltinFinding | null =>
    (analysis === null ? null : builtinCommand(analysis, workspace)) ?? builtinPaths(paths)

  const ofLayer = (layer: PolicyLayer, one: Case): Finding | null => {
    const beyond = layer.onlyHosts === undefined ? null : hostBeyond(layer.onlyHosts, one)
    if (beyond !== null) return { effect: 'deny', rule: 'scope:outside', reason: outsideScope(beyond) }
    const special = layer.name === 'builtin' ? builtin(one) : null
    if (special !== null && special.effect !== 'allow') {
      const { id, effect, reason } = special
      return { effect, rule: `builtin:${id}`, reason }
    }
    const refuses = layer.rules.some((rule) => rule.effect !== 'allow' && rule.command !== undefined)
    const unread = refuses && one.analysis?.doubts.some(({ doubt }) => doubt === 'parser-failed') === true
    for (const effect of order) {
      if (effect === 'allow' && unread)
        return {
          effect: 'ask',
          rule: `${layer.name}:unreadable`,
          reason:
            'The command cannot be read, so no rule can be held against it. Make it shorter, or put it in a file.',
        }
      const rules = layer.rules.filter((rule) => rule.effect === effect && concerns(rule, one.action))
      const found = effect === 'allow' ? allowing(rules, one) : rules.find((rule) => touches(rule, one))
      if (found !== undefined) return { effect, rule: `${layer.name}:${found.id}`, reason: found.reason }
    }
    const fallback = layer.defaults[one.action.effect]
    if (fallback === undefined) return null
    return {
      effect: fallback,
      rule: `${layer.name}:default`,
      reason: `The ${layer.name} policy has no rule for it, and its default is ${fallback}.`,
    }
  }

  const weigh = (one: Case) => {
    const found = layers.map((layer) => ({ layer, finding: ofLayer(layer, one) }))
    const base =
      found.find(({ layer, finding }) => !ONLY_NARROWS.has(layer.name) && finding !== null)?.finding ?? null
    let best: Finding = base ?? { effect: 'ask', rule: 'none', reason: 'No rule of any policy fits.' }
    for (const { layer, finding } of found) {
      const narrows = ONLY_NARROWS.has(layer.name) || layer.name === 'user'
      if (narrows && finding !== null && strictness[finding.effect] > strictness[best.effect]) best = finding
    }
    const decision: Decision = {
      id: decisionId(one.action, best, sha256),
      decision: best.effect,
      rule: best.rule,
      reason: best.reason,
      policySha256: sha256,
      ...(best.effect === 'ask' ? demands(layers, one) : {}),
    }
    return { decision, found }
  }

  return {
    layers,
    sha256,
    decide: async (action) => weigh(await caseOf(action)).decision,
    async explain(action) {
      const one = await caseOf(action)
      const { decision, found } = weigh(one)
      return {
        decision,
        analysis: one.analysis,
        layers: found.map(({ layer, finding }) => ({ layer: layer.name, finding })),
      }
    },
  }
}

const decisionId = ({ tool, effect, command, paths, host }: Action, found: Finding, policy: string): string =>
  createHash('sha256')
    .update(JSON.stringify([tool, effect, command, paths, host, found.effect, found.rule, policy]))
    .digest('hex')
    .slice(0, 16)

/** A host that the action names and the targets do not. A word that only the shell knows is left to the proxy. */
function hostBeyond(targets: readonly string[], { action, analysis }: Case): string | null {
  const named = outsideEffect(analysis?.commands ?? []).destinations.filter(({ kind }) => kind === 'host')
  const hosts = [...named.map(({ literal }) => literal), ...(action.host === undefined ? [] : [action.host])]
  for (const text of hosts) {
    const host = canonicalHost(text)
    if (host !== null && !isTarget(targets, host, null)) return host
  }
  return null
}

/** The parsers of shell lines; the second one only where `now` is given. */
async function loadShell(now: (() => number) | null) {
  const { analyseCommand } = await import('../shell/analyse-command.ts')
  if (now === null) return { analyseCommand, crossCheck: null }
  const { loadCrossCheck } = await import('../shell/cross-check.ts')
  return { analyseCommand, crossCheck: await loadCrossCheck(now) }
}

const concerns = (rule: Rule, { tool, effect }: Action): boolean =>
  rule.tool === undefined || rule.tool.includes(effect) || rule.tool.some((name) => matchWord(name, tool))

/** Who has to say yes: what every rule that asks demands, all of it together. */
function demands(layers: readonly PolicyLayer[], one: Case): Pick<Decision, 'approvers' | 'allowed'> {
  let approvers = 1
  let allowed: readonly string[] | null = null
  for (const { rules, roles } of layers)
    for (const rule of rules) {
      if (rule.effect !== 'ask' || (rule.approvers === undefined && rule.role === undefined)) continue
      if (!concerns(rule, one.action) || !touches(rule, one)) continue
      approvers = Math.max(approvers, rule.approvers ?? 1)
      const people = rule.role === undefined ? null : (roles?.[rule.role] ?? [])
      if (people !== null)
        allowed = allowed === null ? people : allowed.filter((name) => people.includes(name))
    }
  return { ...(approvers > 1 ? { approvers } : {}), ...(allowed === null ? {} : { allowed }) }
}

/** Whether any part of the action is what the rule names. */
function touches(rule: Rule, { action, paths, commands, kinds }: Case): boolean {
  if (rule.kind !== undefined && !rule.kind.some((kind) => kinds.has(kind))) return false
  const { host } = action
  if (
    rule.command !== undefined &&
    !commands.some((argvs) =>
      argvs.some((argv) => rule.command?.some((pattern) => matchArgv(pattern, argv, 'beginning'))),
    )
  )
    return false
  if (rule.path !== undefined && !paths.some((path) => rule.path?.some((glob) => matchPath(glob, path))))
    return false
  return (
    rule.host === undefined || (host !== undefined && rule.host.some((pattern) => matchHost(pattern, host)))
  )
}

/** The rule that allows the action: one for all of it, or, where nothing about it is in doubt, one for each part. */
function allowing(rules: readonly Rule[], { action, paths, analysis }: Case): Rule | undefined {
  const { host } = action
  const blanket = rules.find(
    (rule) =>
      rule.command === undefined &&
      rule.path === undefined &&
      (rule.host === undefined ||
        (host !== undefined && rule.host.some((pattern) => matchHost(pattern, host)))),
  )
  if (blanket !== undefined) return blanket
  if (action.command !== undefined) {
    if (analysis === null || !analysis.complete) return undefined
    const chosen = analysis.commands.map((command) =>
      rules.find(
        (rule) => rule.path === undefined && rule.command?.some((pattern) => allowsCommand(pattern, command)),
      ),
    )
    return chosen.includes(undefined) ? undefined : chosen[0]
  }
  if (paths.length === 0) return undefined
  const chosen = paths.map((path) =>
    rules.find((rule) => rule.command === undefined && rule.path?.some((glob) => matchPath(glob, path))),
  )
  return chosen.includes(undefined) ? undefined : chosen[0]
}
