import type { NewEvent } from '@cairn/journal'
import type { AssistantItemPart, Item } from '@cairn/models'
import { itemTokens } from '../tokens.ts'

type Results = Extract<Item, { type: 'results' }>

/**
 * The plain transcript of a session: what every agent starts from. A unit is what must stay together: a user item, or
 * an answer with the results of its calls.
 */
export interface Unit {
  items: Item[]
  tokens: number
  kind: 'user' | 'step'
}

export class Transcript {
  readonly units: Unit[] = []
  /** Instruction files by path, at their last version: agents load them again after a compaction. */
  readonly instructions = new Map<string, string>()
  readonly #open = new Map<string, string>()
  #results: Results | null = null

  ingest(event: NewEvent): void {
    switch (event.kind) {
      case 'instructions.loaded':
        for (const file of event.body.files) {
          // The top-level file is part of the system text; a nested one arrives when its folder is entered.
          if (file.path.includes('/'))
            this.#push('user', [
              {
                type: 'user',
                parts: [{ type: 'text', text: `Instructions from ${file.path}:\n${file.text}` }],
              },
            ])
          else this.instructions.set(file.path, file.text)
        }
        return
      case 'user.message':
        return this.#push('user', [{ type: 'user', parts: [{ type: 'text', text: event.body.text }] }])
      case 'model.answered': {
        const parts = event.body.parts.filter(
          (part): part is AssistantItemPart => part.type !== 'text' || part.text.trim() !== '',
        )
        if (parts.every((part) => part.type === 'reasoning')) return
        const item: Item = { type: 'assistant', parts }
        this.#open.clear()
        for (const part of parts) if (part.type === 'call') this.#open.set(part.id, part.tool)
        this.#results = this.#open.size > 0 ? { type: 'results', results: [] } : null
        return this.#push('step', this.#results === null ? [item] : [item, this.#results])
      }
      case 'tool.done': {
        const tool = this.#open.get(event.body.call)
        if (tool === undefined || this.#results === null) return
        this.#open.delete(event.body.call)
        const text = event.body.lost === undefined ? event.body.output : '[interrupted]'
        this.#results.results.push({
          id: event.body.call,
          tool,
          ok: event.body.ok,
          parts: [{ type: 'text', text }],
        })
        const unit = this.units.at(-1)
        if (unit !== undefined && this.#open.size === 0) unit.tokens = sum(unit.items)
        return
      }
      default:
        return
    }
  }

  #push(kind: Unit['kind'], items: Item[]): void {
    this.units.push({ kind, items, tokens: sum(items) })
  }

  rules(): string {
    return [...this.instructions.values()].join('\n\n')
  }
}

function sum(items: readonly Item[]): number {
  return items.reduce(
    (total, item) => total + (item.type === 'results' && item.results.length === 0 ? 0 : itemTokens(item)),
    0,
  )
}

export function unitTokens(units: readonly Unit[]): number {
  return units.reduce((total, unit) => total + unit.tokens, 0)
}

export function userUnit(text: string): Unit {
  const items: Item[] = [{ type: 'user', parts: [{ type: 'text', text }] }]
  return { kind: 'user', items, tokens: sum(items) }
}

/** A copy of a step with its result texts rewritten; the same object where nothing changes. */
export function mapResults(unit: Unit, rewrite: (text: string, tool: string) => string): Unit {
  let changed = false
  const items = unit.items.map((item): Item => {
    if (item.type !== 'results') return item
    return {
      ...item,
      results: item.results.map((result) => ({
        ...result,
        parts: result.parts.map((part) => {
          if (part.type !== 'text') return part
          const text = rewrite(part.text, result.tool)
          if (text !== part.text) changed = true
          return { ...part, text }
        }),
      })),
    }
  })
  return changed ? { ...unit, items, tokens: sum(items) } : unit
}

/** Text of units for a summariser, with results cut to `cut` characters. */
export function textOf(
  units: readonly Unit[],
  cut = Number.POSITIVE_INFINITY,
): { role: string; text: string }[] {
  return units.flatMap((unit) =>
    unit.items.flatMap((item) => {
      if (item.type === 'user')
        return [
          {
            role: 'user',
            text: item.parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n'),
          },
        ]
      if (item.type === 'assistant') {
        return item.parts.map((part) => ({
          role: 'assistant',
          text: part.type === 'call' ? `${part.tool} ${part.args}` : part.text,
        }))
      }
      return item.results.map((r) => ({
        role: 'tool',
        text: r.parts.map((part) => (part.type === 'text' ? part.text.slice(0, cut) : '')).join('\n'),
      }))
    }),
  )
}

/** Newest units that fit, as a suffix that starts anywhere a unit starts. */
export function tailWithin(units: readonly Unit[], tokens: number, atLeast = 0): Unit[] {
  let total = 0
  let start = units.length
  while (start > 0) {
    const unit = units[start - 1]
    if (unit === undefined || (total + unit.tokens > tokens && units.length - start >= atLeast)) break
    total += unit.tokens
    start -= 1
  }
  return units.slice(start)
}
