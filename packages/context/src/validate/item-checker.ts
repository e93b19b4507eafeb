import type { Item, UserPart } from '@cairn/models'
import type { ShapeRules } from './shape-rules.ts'
import { createSink, type Sink, type Violation } from './violation.ts'

type ItemOf<T extends Item['type']> = Extract<Item, { type: T }>

/** Walks a transcript once, item by item, and can be asked at any point what is wrong so far. */
export interface ItemChecker {
  step(item: Item): void
  /** Violations so far, with those that only hold if the transcript ends here. Changes nothing. */
  end(toolCount: number): Violation[]
}

export function createItemChecker(rules: ShapeRules): ItemChecker {
  const sink = createSink()
  const seenIds = new Set<string>()
  /** Calls of the last assistant item, in order: what the next item has to answer. */
  let open: { id: string; tool: string }[] = []
  let openAt = -1
  let index = 0
  let last: Item['type'] | null = null
  let calls = 0
  let images = 0
  let chars = 0
  let cacheMarks = 0

  const part = (p: UserPart, blankMatters: boolean) => {
    if (p.type === 'text') {
      chars += p.text.length
      if (blankMatters && rules.blankText && isBlank(p.text))
        sink.add('blank-text', index, 'text part is empty')
      wellFormed(sink, index, p.text)
      return
    }
    images += 1
    chars += p.base64.length
    image(sink, rules, index, p)
  }

  const user = (item: ItemOf<'user'>) => {
    if (item.parts.length === 0) sink.add('empty-user', index, 'user item has no parts')
    for (const p of item.parts) part(p, true)
  }

  const assistant = (item: ItemOf<'assistant'>) => {
    let said = false
    const here = new Set<string>()
    for (const p of item.parts) {
      if (p.type === 'reasoning') {
        wellFormed(sink, index, p.text)
        continue
      }
      if (p.type === 'text') {
        chars += p.text.length
        if (!isBlank(p.text)) said = true
        else if (rules.blankText) sink.add('blank-text', index, 'text part of an answer is empty')
        wellFormed(sink, index, p.text)
        continue
      }
      said = true
      calls += 1
      chars += p.args.length
      callId(sink, rules, index, p.id)
      if (!rules.toolName.test(p.tool)) sink.add('tool-name', index, `tool name "${p.tool}" is not allowed`)
      wellFormed(sink, index, p.args)
      const ids = rules.uniqueCallIds === 'transcript' ? seenIds : here
      if (ids.has(p.id)) sink.add('duplicate-call', index, `call id "${p.id}" was used before`)
      ids.add(p.id)
      open.push({ id: p.id, tool: p.tool })
    }
    if (!said) sink.add('empty-assistant', index, 'answer has neither text nor calls')
    openAt = index
  }

  const results = (item: ItemOf<'results'>) => {
    if (item.results.length === 0) sink.add('empty-results', index, 'results item answers nothing')
    if (last !== 'assistant')
      sink.add('orphan-results', index, 'results do not follow the answer that called')
    matchResults(sink, rules, index, open, item.results)
    open = []
    for (const r of item.results) for (const p of r.parts) part(p, false)
  }

  return {
    step(item) {
      if (index === 0 && rules.firstUser && item.type !== 'user') {
        sink.add('first-not-user', 0, 'the first item is not the user’s')
      }
      if (item.type !== 'results' && open.length > 0) {
        sink.add('unanswered-call', openAt, `call "${open[0]?.id}" is not answered by the next item`)
        open = []
      }
      if (item.cache) cacheMarks += 1
      if (item.type === 'user') user(item)
      else if (item.type === 'assistant') assistant(item)
      else results(item)
      last = item.type
      index += 1
    },
    end(toolCount) {
      const tail = createSink()
      if (index === 0) tail.add('empty', -1, 'the request has no items')
      if (open.length > 0) tail.add('unanswered-call', openAt, `call "${open[0]?.id}" has no result`)
      else if (last === 'assistant' && rules.lastNotAssistant) {
        tail.add('last-assistant', index - 1, 'the last item is an answer: nothing is asked')
      }
      if (calls > 0 && toolCount === 0 && rules.toolsForCalls) {
        tail.add('tools-missing', -1, 'the transcript has calls, but no tool is declared')
      }
      if (images > rules.maxImages)
        tail.add('too-many-images', -1, `${images} images, allowed ${rules.maxImages}`)
      if (chars > rules.maxChars) tail.add('too-large', -1, `${chars} characters, allowed ${rules.maxChars}`)
      if (cacheMarks > rules.maxCacheMarks) {
        tail.add('cache-marks', -1, `${cacheMarks} cache marks, allowed ${rules.maxCacheMarks}`)
      }
      return sink.found.length === 0 ? tail.found : [...sink.found, ...tail.found]
    },
  }
}

function matchResults(
  sink: Sink,
  rules: ShapeRules,
  index: number,
  open: readonly { id: string; tool: string }[],
  results: readonly { id: string; tool: string }[],
): void {
  // The usual case, all in order, costs no map.
  let inOrder = open.length === results.length
  for (let i = 0; inOrder && i < open.length; i++)
    inOrder = open[i]?.id === results[i]?.id && open[i]?.tool === results[i]?.tool
  if (inOrder) return
  const wanted = new Map(open.map((call) => [call.id, call.tool]))
  const answered = new Set<string>()
  for (const r of results) {
    const tool = wanted.get(r.id)
    if (answered.has(r.id)) sink.add('duplicate-result', index, `call "${r.id}" is answered twice`)
    else if (tool === undefined) sink.add('orphan-result', index, `result "${r.id}" has no call before it`)
    else if (tool !== r.tool)
      sink.add('result-tool', index, `result of "${r.tool}" answers a call of "${tool}"`)
    answered.add(r.id)
  }
  for (const id of wanted.keys())
    if (!answered.has(id)) sink.add('unanswered-call', index, `call "${id}" has no result`)
  if (rules.orderedResults && results.some((r, i) => r.id !== open[i]?.id)) {
    sink.add('result-order', index, 'results are not in the order of the calls')
  }
}

function callId(sink: Sink, rules: ShapeRules, index: number, id: string): void {
  if (id === '') sink.add('call-id', index, 'call id is empty')
  else if (id.length > rules.maxCallId)
    sink.add('call-id', index, `call id of ${id.length} characters, allowed ${rules.maxCallId}`)
  else if (rules.callId !== null && !rules.callId.test(id))
    sink.add('call-id', index, `call id "${id}" has characters that are refused`)
}

function image(sink: Sink, rules: ShapeRules, index: number, p: Extract<UserPart, { type: 'image' }>): void {
  if (!rules.imageMimes.includes(p.mime))
    sink.add('image-type', index, `image type ${p.mime} is not accepted`)
  if (!looksLikeBase64(p.base64)) sink.add('image-data', index, 'image bytes are not base64')
  if (p.base64.length > rules.maxImageChars) sink.add('image-size', index, 'image is over the size limit')
}

/** Length and both ends only: a full scan of megabytes of image before each send would cost more than it finds. */
export function looksLikeBase64(text: string): boolean {
  if (text.length === 0 || text.length % 4 !== 0) return false
  return (
    /^[A-Za-z0-9+/]*$/.test(text.slice(0, 64).replace(/=+$/, '')) &&
    /^[A-Za-z0-9+/]*={0,2}$/.test(text.slice(-64))
  )
}

export function isBlank(text: string): boolean {
  return text.length === 0 || !/\S/.test(text)
}

/** Half a surrogate pair, as left by cutting a string at a UTF-16 unit, makes a body that providers refuse to parse. */
function wellFormed(sink: Sink, index: number, text: string): void {
  if (!text.isWellFormed()) sink.add('broken-unicode', index, 'text has half a surrogate pair')
}
