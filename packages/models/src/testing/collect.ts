import type { AssistantItemPart, Item, ModelEvent } from '../model.ts'

/** One answer, gathered the way a loop does it: a `retry` voids what came before. */
export interface Collected {
  /** Every event, void ones included. */
  events: ModelEvent[]
  text: string
  reasoning: string
  calls: Extract<ModelEvent, { type: 'call' }>[]
  retries: Extract<ModelEvent, { type: 'retry' }>[]
  finish: Extract<ModelEvent, { type: 'finish' }> | null
  /** The answer as the item to be sent with the next request. */
  item: Extract<Item, { type: 'assistant' }>
}

/** Reads a stream of model events to its end. Throws what the stream throws. */
export async function collect(stream: AsyncIterable<ModelEvent>): Promise<Collected> {
  const events: ModelEvent[] = []
  for await (const event of stream) events.push(event)
  const valid = events.slice(events.findLastIndex((event) => event.type === 'retry') + 1)
  const ofType = <T extends ModelEvent['type']>(from: ModelEvent[], type: T) =>
    from.filter((event): event is Extract<ModelEvent, { type: T }> => event.type === type)
  const text = ofType(valid, 'text')
    .map((event) => event.delta)
    .join('')
  const reasoning = ofType(valid, 'reasoning')
    .map((event) => event.delta)
    .join('')
  const calls = ofType(valid, 'call')
  const finish = ofType(valid, 'finish').at(-1) ?? null
  const parts: AssistantItemPart[] = [
    ...(reasoning === '' ? [] : [{ type: 'reasoning' as const, text: reasoning }]),
    ...(text === '' ? [] : [{ type: 'text' as const, text }]),
    ...calls,
  ]
  const item: Collected['item'] = {
    type: 'assistant',
    parts,
    ...(finish?.native && { native: finish.native }),
  }
  return { events, text, reasoning, calls, retries: ofType(events, 'retry'), finish, item }
}
