import type { Event } from '@cairn/journal'
import type { Item } from '@cairn/models'
import type { Context, ContextConfig, ContextPorts, Projection } from './context.ts'
import { ContextError } from './errors.ts'
import { allEntries, currentEntries } from './ledger/ledger-state.ts'
import { emptyFold, reduceFold } from './project/fold.ts'
import { renderInstructions } from './project/instructions.ts'
import {
  commitNodes,
  newList,
  withProvisional,
  type ItemList,
  type RenderContext,
} from './project/item-list.ts'
import { limitsOf } from './project/limits.ts'
import { sizeOfPrefix } from './project/tokens.ts'
import { createRecall } from './recall/create-recall.ts'

/** The context of one session. */
export function createContext(config: ContextConfig, ports: ContextPorts): Context {
  const limits = limitsOf(config.model, config.window)
  const prefix = sizeOfPrefix(config.system, config.tools)
  const render: RenderContext = {
    provider: config.model.provider,
    model: config.model.id,
    limits,
    prefixTokens: prefix.tokens,
    load: (sha256) => ports.blob(sha256),
  }
  const fold = emptyFold()
  const events: Event[] = []
  let list: ItemList | null = null

  const open = (): ItemList => {
    const pinned = renderInstructions(fold.first ?? [...fold.instructions.values()], limits.pinnedTokens)
    return newList(pinned ? [pinned] : [], 0)
  }
  const recall = createRecall({
    events: (after) => events.slice(after),
    event: (seq) => events[seq - 1] ?? null,
    blob: (sha256) => ports.blob(sha256),
    entries: () => allEntries(fold.ledger),
    fileHash: (path) => fold.registries.files.get(path)?.hash,
  })

  function project(): Projection {
    if (prefix.tokens > limits.usable)
      throw new ContextError(
        'unfittable',
        `System text and tools need about ${prefix.tokens} tokens, but only ${limits.usable} of the window of ${limits.window} are usable. Use a model with a larger window or declare fewer tools.`,
        { pinned: prefix.tokens, usable: limits.usable, window: limits.window },
      )
    const { nodes } = fold.transcript
    if (!list || fold.first === null) list = open()
    commitNodes(list, nodes, render)
    const shown = withProvisional(list, nodes, render)
    return {
      request: {
        system: config.system,
        tools: config.tools,
        items: markEnd(shown.items),
        ...(config.cacheKey === undefined ? {} : { cacheKey: config.cacheKey }),
      },
      epoch: 0,
      estimate: prefix.tokens + shown.size.tokens,
      bytes: prefix.bytes + shown.size.bytes,
    }
  }

  return {
    ingest(event) {
      events.push(event)
      reduceFold(fold, event, limits, ports)
    },
    advance: () => [],
    project,
    takeNarrativeJob: () => null,
    verifyNarrative: (job, text) => ({
      time: 0,
      turn: 0,
      step: 0,
      kind: 'narrative.dropped',
      body: { epoch: job.epoch, basis: job.basis, why: text === '' ? 'empty' : 'not verified' },
    }),
    ledger: () => currentEntries(fold.ledger),
    recall: (query) => recall.recall(query),
    usage: () => ({
      window: limits.window,
      estimate: project().estimate,
      epoch: 0,
      parts: [],
      lastReport: null,
    }),
  }
}

/** The moving cache mark at the end. */
function markEnd(items: readonly Item[]): Item[] {
  const marked = items.slice()
  const last = marked.at(-1)
  if (last) marked[marked.length - 1] = { ...last, cache: true }
  return marked
}
