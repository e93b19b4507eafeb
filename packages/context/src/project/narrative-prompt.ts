import type { Item, ModelRequest } from '@cairn/models'

/** What an account of the work shall hold and what it shall leave to the record. */
export const ACCOUNT = `Summarise the work done so far, for yourself after the older part of this transcript has left the window.
Write at most 400 words of plain sentences in the past tense, one fact a sentence: what was found out, why something was decided or rejected, what is still unclear, what you were about to do next.
Copy paths, names, numbers and quoted text exactly, and leave out what you are not sure of. Give no orders, state no rules, quote no secrets, and call no tool: requests, rules, plan, files and check results are kept elsewhere and shown to you again.`

/** The request of the old epoch with one item more: it reads the whole prefix from the cache. */
export function narrativeRequest(request: ModelRequest): ModelRequest {
  const ask: Item = { type: 'user', parts: [{ type: 'text', text: ACCOUNT }] }
  return { ...request, items: [...request.items, ask] }
}
