import type { Item } from '@cairn/models'
import { toEpisodes } from '../episode/episode.ts'
import { learntRework } from '../schedule/pace.ts'
import type { Disk } from '../registry/render-registries.ts'
import type { Fold, FoldContext } from './fold.ts'
import { newList, type RenderContext } from './item-list.ts'
import { renderInstructions } from './instructions.ts'
import type { EpochReport, Recipe } from './recipe.ts'
import { rehydrate, renderFiles } from './rehydrate.ts'
import { draftEpoch, renderFront, renderTail, tailView } from './render-epoch.ts'
import { renderNode } from './render-node.ts'
import { oneLine } from './shorten.ts'
import { ITEM_TOKENS, sizeOfItem, textTokens } from './tokens.ts'
import type { Node } from './transcript.ts'
import { voidedSpans } from './voided.ts'

export interface PlanInput {
  fold: Fold
  context: FoldContext & RenderContext
  disk: Disk
  /** Estimated tokens of the request as it would be sent now, uncalibrated. */
  before: number
  /** Attempts that a provider refused as too large: each makes the target smaller. */
  squeeze: number
  native: boolean
  /** A narrative can be asked for. */
  narrative: boolean
}

/** One way to shrink. Shares are of the content target; `optional` is the share of the record that only helps. */
interface Tier {
  tier: number
  tail: number
  minSteps: number
  /** Cap of one result in the verbatim tail. */
  result: number
  optional: number
  files: number
  /** Most tokens after the switch, as a share of what is usable. */
  limit: number
}

const TIERS: readonly Tier[] = [
  { tier: 2, tail: Infinity, minSteps: 6, result: 0.3, optional: 1, files: 0.1, limit: 0.35 },
  { tier: 3, tail: 0.45, minSteps: 6, result: 0.3, optional: 1, files: 0.15, limit: 0.75 },
  { tier: 6, tail: 0.3, minSteps: 3, result: 0.1, optional: 0.7, files: 0.05, limit: 0.8 },
  { tier: 6, tail: 0.15, minSteps: 1, result: 0.04, optional: 0.4, files: 0, limit: 0.9 },
  { tier: 6, tail: 0.08, minSteps: 1, result: 0.03, optional: 0.1, files: 0, limit: 0.95 },
  { tier: 6, tail: 0, minSteps: 0, result: 0.02, optional: 0, files: 0, limit: 1 },
]

/** Share of the content target that a switch aims at: what is carried is paid for with every call. */
const AIM = 0.6

/** A switch has to make the request at least this much smaller. */
export const PROGRESS = 0.9

/** Finds the mildest tier that reaches the target with all that binds in it; the last one always counts. */
export function planEpoch(input: PlanInput): EpochReport {
  const { fold, context, before } = input
  const usable = Math.floor(context.limits.usable / Math.max(0.5, context.factor()))
  const disk = recordingDisk(fold, input.disk)
  const pinned = [...fold.instructions.values()]
  const pinnedItem = renderInstructions(pinned, context.limits.pinnedTokens)
  const fixed = context.prefixTokens + (pinnedItem ? sizeOfItem(pinnedItem).tokens : 0)
  const content = Math.max(200, Math.floor(context.limits.contentTokens * 0.5 ** input.squeeze))
  const nodes = fold.transcript.nodes.filter((node) => node.kind !== 'block' || !node.state)
  const voided = voidedSpans(fold.ledger.entries.values())
  let report: EpochReport | null = null
  let mildest: EpochReport | null = null
  for (const tier of TIERS.slice(Math.min(TIERS.length - 1, input.squeeze))) {
    const recipe = recipeFor(input, tier, content, nodes, disk)
    const gone = nodes.filter((node) => node.seq < recipe.tailFrom)
    const tail = nodes.filter((node) => node.seq >= recipe.tailFrom)
    const episodes = [...fold.episodes, ...toEpisodes(gone)]
    const epoch = { number: (fold.epoch?.number ?? 0) + 1, basis: fold.seq, recipe }
    const draft = draftEpoch(fold, context, epoch, episodes, disk.read)
    const wanted = draft.pinned + Math.floor(draft.optional * tier.optional)
    // The target is soft: what binds and is live is never cut to reach it, only to stay inside the window.
    const target = fixed + Math.floor(content * AIM) + wanted
    const most = Math.floor(usable * tier.limit * 0.5 ** input.squeeze)
    const around =
      fixed +
      ITEM_TOKENS +
      tailTokens(tail, recipe, context) +
      textTokens(renderFiles(recipe.files, 0, context.load))
    recipe.recordTokens = Math.max(100, Math.min(wanted, most - around))
    const front = renderFront(fold, context, epoch, pinned, draft)
    recipe.disk = disk.differences()
    const start = newList(front.items, 0)
    const items = renderTail(tail, recipe, context, start, () => false, voided).flat()
    const after = context.prefixTokens + start.size.tokens + tokensOf(items)
    report = {
      recipe,
      before,
      after,
      target,
      ...whatLeft(gone, tail, recipe),
      // Where every step still stands, at least in outline, an account of them would be paid for nothing.
      narrative: input.narrative && gone.some((node) => node.kind === 'step') ? 'asked' : 'none',
    }
    const fits = after <= (tier.tier === 2 ? Math.min(target, most) : most)
    if (!fits || recipe.recordTokens < draft.pinned) continue
    if (after <= before * PROGRESS) return report
    // Nothing is cut harder only because there was little to begin with: that would be loss without gain.
    if (tier.tier === 6 || input.squeeze === 0) mildest ??= report
    if (tier.tier === 6 && input.squeeze === 0) break
  }
  if (mildest !== null) return mildest
  if (report === null) throw new Error('unreachable: there is always a last tier')
  return report
}

function recipeFor(
  input: PlanInput,
  tier: Tier,
  content: number,
  nodes: readonly Node[],
  disk: RecordingDisk,
): Recipe {
  const { fold, context } = input
  const recipe: Recipe = {
    tier: tier.tier,
    tailFrom: fold.seq + 1,
    verbatimFrom: fold.seq + 1,
    resultTokens: Math.max(24, Math.min(context.limits.resultTokens, Math.floor(content * tier.result))),
    elidedTokens: Math.max(24, Math.min(120, Math.floor(content * 0.02))),
    recordTokens: 0,
    fileTokens: Math.floor(content * tier.files),
    native: input.native,
    disk: {},
    files: [],
    calibration: { ...fold.pace.calibration },
    rework: learntRework(fold.pace),
  }
  chooseTail(recipe, tier, content, nodes, context)
  const whole = wholeReads(nodes, recipe)
  for (const path of whole.keys()) disk.read(path)
  recipe.files = rehydrate(
    fold.registries.files.values(),
    disk.read,
    recipe.fileTokens,
    (path, hash) => whole.get(path)?.has(hash) === true,
    (hash) => context.load(hash) !== null,
  )
  return recipe
}

/** The newest steps stand whole even where that leaves older ones little. */
const FULL_STEPS = 2

/** Goes back from the newest node: first whole, then with long parts elided, never into the middle of a step. */
function chooseTail(
  recipe: Recipe,
  tier: Tier,
  content: number,
  nodes: readonly Node[],
  context: RenderContext,
): void {
  const budget = content * tier.tail
  const wholeBudget = Math.min(budget, content * 0.5) * 0.7
  const most = Math.max(wholeBudget, content * 0.6)
  let used = 0
  let steps = 0
  let whole = tier.minSteps > 0
  let graded = false
  for (const node of nodes.toReversed()) {
    const isStep = node.kind === 'step'
    if (whole) {
      const size = nodeTokens(node, true, recipe, context)
      if (
        used + size <= wholeBudget ||
        (steps < Math.min(tier.minSteps, FULL_STEPS) && used + size <= most)
      ) {
        recipe.tailFrom = recipe.verbatimFrom = node.seq
        used += size
        if (isStep) steps++
        continue
      }
      whole = false
      // The newest step is never elided because it is large: its results are capped, not its place.
      if (steps === 0 && tier.minSteps > 0 && budget < Infinity && isStep && used + size > most) {
        recipe.resultTokens = Math.max(24, Math.floor((most * 0.8) / Math.max(1, node.calls.length * 2)))
        const capped = nodeTokens(node, true, recipe, context)
        if (used + capped > most * 1.2) return
        recipe.tailFrom = recipe.verbatimFrom = node.seq
        used += capped
        steps++
        continue
      }
    }
    if (!graded) {
      graded = true
      // Where large results leave few steps whole, those before them share what is left instead of vanishing.
      const missing = (tier.minSteps - steps) * Math.max(1, isStep ? node.calls.length : 1)
      const share = Math.floor(((Math.min(budget, content * 0.5) - used) * 0.8) / Math.max(1, missing))
      if (missing > 0)
        recipe.elidedTokens = Math.max(recipe.elidedTokens, Math.min(share, recipe.resultTokens))
    }
    const size = nodeTokens(node, false, recipe, context)
    if (used + size > budget) return
    used += size
    recipe.tailFrom = node.seq
  }
}

function nodeTokens(node: Node, whole: boolean, recipe: Recipe, context: RenderContext): number {
  const none = { count: 0, bytes: 0, load: () => null }
  const items = renderNode(
    node,
    tailView(whole, recipe, context, () => false, none, new Map()),
  )
  return tokensOf(items)
}

function tailTokens(nodes: readonly Node[], recipe: Recipe, context: RenderContext): number {
  return nodes.reduce(
    (sum, node) => sum + nodeTokens(node, node.seq >= recipe.verbatimFrom, recipe, context),
    0,
  )
}

function tokensOf(items: readonly Item[]): number {
  return items.reduce((sum, item) => sum + sizeOfItem(item).tokens, 0)
}

/** Hashes of files that the tail shows whole, by path. */
function wholeReads(nodes: readonly Node[], recipe: Recipe): Map<string, Set<string>> {
  const shown = new Map<string, Set<string>>()
  for (const node of nodes) {
    if (node.kind !== 'step' || node.seq < recipe.tailFrom) continue
    for (const { done } of node.calls)
      for (const file of done?.body.files ?? []) {
        const hashes = shown.get(file.path) ?? new Set<string>()
        shown.set(file.path, hashes)
        if (file.op === 'seen' && !file.range && file.after && node.seq >= recipe.verbatimFrom)
          hashes.add(file.after)
      }
  }
  return shown
}

interface RecordingDisk {
  read: Disk
  differences(): Recipe['disk']
}

/** Reads each file once, so that one switch sees one state, and remembers what the journal did not know. */
function recordingDisk(fold: Fold, disk: Disk): RecordingDisk {
  const seen = new Map<string, ReturnType<Disk>>()
  return {
    read(path) {
      const known = seen.get(path)
      if (known !== undefined) return known
      const now = disk(path)
      seen.set(path, now)
      return now
    },
    differences() {
      const different: Recipe['disk'] = {}
      for (const [path, now] of seen) {
        const hash = now?.sha256 ?? null
        if (hash !== fold.registries.files.get(path)?.hash) different[path] = hash
      }
      return different
    },
  }
}

/** Most lines of the list of what left. */
const LISTED = 64

function whatLeft(
  gone: readonly Node[],
  tail: readonly Node[],
  recipe: Recipe,
): Pick<EpochReport, 'left' | 'leftCount' | 'leftTokens'> {
  const left: EpochReport['left'] = []
  const add = (node: Node, how: 'folded' | 'elided') => {
    if (node.kind !== 'step') return
    for (const { done, tool, args } of node.calls) {
      const tokens = Math.ceil(((done?.body.output.length ?? 0) + args.length) / 4)
      if (how === 'elided' && tokens <= recipe.elidedTokens) continue
      const what = oneLine(`${tool} ${args}`, 80)
      left.push({ handle: `e:${done?.seq ?? node.seq}`, what, how, tokens })
    }
  }
  for (const node of gone) add(node, 'folded')
  for (const node of tail) if (node.seq < recipe.verbatimFrom) add(node, 'elided')
  const leftTokens = left.reduce((sum, item) => sum + item.tokens, 0)
  return {
    left: left.toSorted((a, b) => b.tokens - a.tokens).slice(0, LISTED),
    leftCount: left.length,
    leftTokens,
  }
}
