import { createRival, fit, type Strategy } from './rival.ts'
import type { PolicySpec } from './policy.ts'
import { mapResults, tailWithin, textOf, type Unit, unitTokens, userUnit } from './transcript.ts'

/**
 * Rivals, from what is documented or was measured of them. Constants are theirs; where a demand is smaller than a
 * constant, the constant gives way in proportion, because refusing would say less than trying.
 */
const slide: Strategy = {
  name: 'sliding-window',
  trigger: (window) => window * 0.8,
  compact: ({ units, room }) => [
    userUnit('[earlier messages were removed]'),
    ...tailWithin(withoutNotice(units), room - 12),
  ],
  cachedAsk: false,
}

function withoutNotice(units: readonly Unit[]): readonly Unit[] {
  const first = units[0]?.items[0]
  const text = first?.type === 'user' && first.parts[0]?.type === 'text' ? first.parts[0].text : ''
  return text === '[earlier messages were removed]' ? units.slice(1) : units
}

const masked = new WeakMap<Unit, Unit>()
function mask(unit: Unit): Unit {
  let copy = masked.get(unit)
  if (copy === undefined) {
    copy = mapResults(unit, (text) =>
      text.length > 120 ? `[output of ${text.split('\n').length} lines omitted]` : text,
    )
    masked.set(unit, copy)
  }
  return copy
}

/** SWE-agent and the masking study: outputs of all but the last ten steps are replaced by a line, at every call. */
const MASK_KEEP = 10
const maskLast: Strategy = {
  name: 'mask-last-10',
  trigger: (window) => window * 0.9,
  view: (units) => maskOld(units, MASK_KEEP),
  // Masking alone does not bound a session: what is left over is dropped from the front.
  compact({ units, room }) {
    for (const keep of [MASK_KEEP, 5, 2, 1]) {
      const view = maskOld(units, keep)
      if (unitTokens(view) <= room) return view
    }
    return fit([userUnit('[earlier messages were removed]'), ...maskOld(withoutNotice(units), 1)], room)
  },
  cachedAsk: false,
}

function maskOld(units: readonly Unit[], keep: number): Unit[] {
  let steps = 0
  return units
    .toReversed()
    .map((unit) => (unit.kind === 'step' && ++steps > keep ? mask(unit) : unit))
    .reverse()
}

function summary(name: string, share: number): Strategy {
  return {
    name,
    trigger: (window) => window * share,
    compact: ({ units, ask, room }) => {
      const text = ask(units)
      return fit([userUnit(`Summary of the work so far:\n\n${text}`), ...units.slice(-1)], room)
    },
    cachedAsk: false,
  }
}

/** Codex, local: initial context, user messages newest first up to 20k tokens, then the summary as a user message. */
const codex: Strategy = {
  name: 'codex-local',
  trigger: (window) => window * 0.9,
  compact({ units, ask, room }) {
    const said = units.filter((unit) => unit.kind === 'user' && !isSummary(unit))
    const text = userUnit(`${CODEX_PREFIX}\n${ask(units)}`)
    const budget = Math.min(20_000, room - text.tokens)
    const kept: Unit[] = []
    let left = budget
    for (const unit of said.toReversed()) {
      if (unit.tokens <= left) kept.unshift(unit)
      else {
        if (left > 50)
          kept.unshift(
            userUnit(
              textOf([unit])
                .map((p) => p.text)
                .join('\n')
                .slice(0, (left - 10) * 4),
            ),
          )
        break
      }
      left -= unit.tokens
    }
    return [...kept, text]
  },
  cachedAsk: false,
}
const CODEX_PREFIX = 'Another language model started this work and left this summary of what it did:'
function isSummary(unit: Unit): boolean {
  const item = unit.items[0]
  return (
    item?.type === 'user' && item.parts[0]?.type === 'text' && item.parts[0].text.startsWith(CODEX_PREFIX)
  )
}

/** pi: at W − 16,384; about 20k tokens of the newest stay; results cut to 2,000 characters in the ask; file lists. */
const pi: Strategy = {
  name: 'pi',
  trigger: (window) => window - Math.min(16_384, window * 0.3),
  compact({ units, ask, room }) {
    const tail = tailWithin(units, Math.min(20_000, room * 0.5), 1)
    const old = units.slice(0, units.length - tail.length)
    const files = filesOf(old)
    const lists = `<read-files>\n${files.read.join('\n')}\n</read-files>\n<modified-files>\n${files.modified.join('\n')}\n</modified-files>`
    return [
      userUnit(
        `The session before this point was compacted:\n\n${ask(old, 2000)}\n\n${lists.slice(0, room)}`,
      ),
      ...tail,
    ]
  },
  cachedAsk: false,
}

function filesOf(units: readonly Unit[]): { read: string[]; modified: string[] } {
  const read = new Set<string>()
  const modified = new Set<string>()
  for (const unit of units) {
    for (const item of unit.items) {
      if (item.type !== 'assistant') continue
      for (const part of item.parts) {
        if (part.type !== 'call') continue
        const path = /"(?:path|file_path)":"([^"]+)"/.exec(part.args)?.[1]
        if (path !== undefined) (part.tool === 'read' ? read : modified).add(path)
      }
    }
  }
  return { read: [...read], modified: [...modified] }
}

/** opencode: usable = window − 20k; tail = a quarter of it between 2k and 15k; results cut to 2,000 characters. */
const opencode: Strategy = {
  name: 'opencode',
  trigger: (window) => window - Math.min(20_000, window * 0.3),
  compact({ units, ask, room }) {
    const size = Math.min(15_000, Math.max(2000, room * 0.25), room * 0.5)
    const tail = tailWithin(units, size, 1)
    const text = ask(units.slice(0, units.length - tail.length), 2000)
    return [
      userUnit('What did we do so far?'),
      {
        ...userUnit(''),
        kind: 'step',
        items: [{ type: 'assistant', parts: [{ type: 'text', text }] }],
        tokens: Math.ceil(text.length / 4) + 6,
      },
      ...tail,
      userUnit('Continue if you have next steps.'),
    ]
  },
  cachedAsk: false,
}

/** gemini-cli: at half of the limit, the last 30 % stay from a user message on; outputs over a 50k budget are cut. */
const gemini: Strategy = {
  name: 'gemini-cli',
  trigger: (window) => window * 0.5,
  compact({ units, ask, room }) {
    const share = Math.min(unitTokens(units) * 0.3, room * 0.55)
    const cut = (tail: readonly Unit[]) => {
      let budget = Math.min(50_000, room * 0.4)
      return tail
        .toReversed()
        .map((unit) => {
          budget -= unit.tokens
          return budget > 0 ? unit : mapResults(unit, (text) => text.split('\n').slice(-30).join('\n'))
        })
        .reverse()
    }
    const tail = tailWithin(units, share, 1)
    // Its split point has to be a message that the user typed.
    const from = tail.findIndex((unit) => unit.kind === 'user')
    const kept = from >= 0 ? tail.slice(from) : units.slice(-1)
    const text = ask(units.slice(0, units.length - kept.length))
    return [
      userUnit(`<state_snapshot>\n${text}\n</state_snapshot>`),
      assistantUnit('Got it. Thanks for the additional context!'),
      ...cut(kept),
    ]
  },
  cachedAsk: false,
}

function assistantUnit(text: string): Unit {
  return {
    kind: 'step',
    items: [{ type: 'assistant', parts: [{ type: 'text', text }] }],
    tokens: Math.ceil(text.length / 4) + 6,
  }
}

/** Claude style: old results are cleared first; then a summary on the cached prefix, with recent files and plan again. */
const claude: Strategy = {
  name: 'claude-style',
  trigger: (window) => window - Math.min(33_000, window * 0.3),
  compact({ units, ask, room, env }) {
    const text = ask(units)
    const plan = lastCall(units, 'plan')
    const attached = recentFiles(units)
      .slice(0, 5)
      .flatMap((path) => {
        const file = env.disk(path)
        return file === null ? [] : [`<file path="${path}">\n${file.text.slice(0, 20_000)}\n</file>`]
      })
    const size = Math.min(50_000, room * 0.35) * 4
    const head = `This session is continued from one that ran out of context. Summary:\n\n${text}`
    const files = attached.join('\n').slice(0, size)
    return [
      userUnit(
        [head, plan === null ? '' : `Plan: ${plan}`, files].filter((part) => part !== '').join('\n\n'),
      ),
      ...units.slice(-1),
    ]
  },
  cachedAsk: true,
}

function lastCall(units: readonly Unit[], tool: string): string | null {
  for (const unit of units.toReversed()) {
    for (const item of unit.items) {
      if (item.type === 'assistant')
        for (const part of item.parts) if (part.type === 'call' && part.tool === tool) return part.args
    }
  }
  return null
}

function recentFiles(units: readonly Unit[]): string[] {
  const files = filesOf(units.slice(-60))
  return [...new Set([...files.modified, ...files.read].reverse())]
}

/** OpenHands: over 240 events, the first two and the newest half stay, the middle becomes a summary. */
const openhands: Strategy = {
  name: 'openhands',
  trigger: (window) => window * 0.9,
  // A step is an action and an observation: two events.
  maxUnits: 120,
  compact({ units, ask, room }) {
    const first = units.slice(0, 2)
    let half = units.slice(2).slice(-Math.floor(units.length / 2))
    while (half.length > 1 && unitTokens(half) + unitTokens(first) > room * 0.6)
      half = half.slice(Math.ceil(half.length / 2))
    const middle = units.slice(first.length, units.length - half.length)
    return [...first, userUnit(`<SUMMARY>\n${ask(middle)}\n</SUMMARY>`), ...half]
  },
  cachedAsk: false,
}

export const RIVALS: readonly PolicySpec[] = [
  { strategy: slide, summarises: false },
  { strategy: maskLast, summarises: false },
  { strategy: summary('summary-80', 0.8), summarises: true },
  { strategy: summary('summary-90', 0.9), summarises: true },
  { strategy: codex, summarises: true },
  { strategy: pi, summarises: true },
  { strategy: opencode, summarises: true },
  { strategy: gemini, summarises: true },
  { strategy: claude, summarises: true },
  { strategy: openhands, summarises: true },
].map(({ strategy, summarises }) => ({
  name: strategy.name,
  summarises,
  create: (env) => createRival(env, strategy),
}))
