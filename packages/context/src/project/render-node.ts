import type { AssistantItemPart, Item, UserPart } from '@cairn/models'
import { textTokens } from './tokens.ts'
import type { BlockNode, Call, Node, StepNode, UserNode } from './transcript.ts'
import type { View } from './view.ts'
import { renderImages } from './render-images.ts'
import { handle, oneLine, shorten } from './shorten.ts'
import { labelVoided } from './voided.ts'

/** The items that show one node. An answer without content has none. */
export function renderNode(node: Node, view: View): Item[] {
  if (node.kind === 'step') return renderStep(node, view)
  return [node.kind === 'user' ? renderUser(node, view) : renderBlock(node, view)]
}

function renderUser(node: UserNode, view: View): Item {
  const note = `[${node.text.length} characters; the middle is left out: ${handle(node.seq)}]`
  const text = shorten(labelVoided(node.text, view.voided.get(node.seq)), view.textTokens, note)
  const images = renderImages(node.attachments, node.seq, view.images)
  return { type: 'user', parts: text === '' && images.length > 0 ? images : [textPart(text), ...images] }
}

/** Providers refuse an empty text block. */
function textPart(text: string): UserPart {
  return { type: 'text', text: text.trim() === '' ? '(empty message)' : text }
}

function renderBlock(node: BlockNode, view: View): Item {
  const note = `[the middle is left out: ${handle(node.seq)}]`
  return { type: 'user', parts: [textPart(shorten(node.text, view.textTokens, note))] }
}

function renderStep(step: StepNode, view: View): Item[] {
  const parts: AssistantItemPart[] = []
  let whole = true
  let call = 0
  for (const part of step.parts) {
    if (part.type === 'call') {
      const args = shortArgs(part.args, step.seq, step.calls[call++], view)
      whole &&= args === part.args
      parts.push(args === part.args ? part : { ...part, args })
    } else if (part.text.trim() === '') whole &&= part.type === 'reasoning'
    else if (part.type === 'text') {
      const text = shorten(part.text, view.textTokens, `[the middle is left out: ${handle(step.seq)}]`)
      whole &&= text === part.text
      parts.push(text === part.text ? part : { type: 'text', text })
    } else if (view.reasoning) parts.push(part)
  }
  const { native } = step
  const keep =
    whole &&
    view.reasoning &&
    native !== null &&
    native.provider === view.provider &&
    native.model === view.model
  // Reasoning alone is no answer for most providers; with its native record it is.
  if (!keep && !parts.some((part) => part.type !== 'reasoning')) return []
  if (parts.length === 0) return []
  const assistant: Item = keep ? { type: 'assistant', parts, native } : { type: 'assistant', parts }
  if (step.calls.length === 0) return [assistant]
  // Rendered newest first, so that the newest images get the room that is left.
  const results = step.calls
    .toReversed()
    .map((done) => renderResult(done, view))
    .toReversed()
  return [assistant, { type: 'results', results }]
}

type Result = Extract<Item, { type: 'results' }>['results'][number]

const NEVER_RAN = 'No result: the call was never started.'
const LOST = 'No result: the call was interrupted. It may have taken effect; check before doing it again.'

function renderResult(call: Call, view: View): Result {
  const { done, id, tool } = call
  if (done === null) return { id, tool, ok: false, parts: [textPart(call.intended ? LOST : NEVER_RAN)] }
  const { body, seq } = done
  const images = body.images ? renderImages(body.images, seq, view.images) : []
  const stale = body.files?.find((file) => file.op === 'seen' && view.stale(file.path, file.after))
  if (stale) {
    const text = `[historical: ${stale.path} has changed since this was read; ${handle(seq)}]`
    return { id, tool, ok: body.ok, parts: [textPart(text), ...images] }
  }
  const output = body.output === '' && body.lost ? `The call was ${body.lost}.` : body.output
  const text = output.trim() === '' ? '(no output)' : shortOutput(output, seq, view)
  return { id, tool, ok: body.ok, parts: [textPart(text), ...images] }
}

function shortOutput(output: string, seq: number, view: View): string {
  return shorten(output, view.resultTokens, `[left out: ${handle(seq)}]`)
}

/** A string argument longer than this is what makes arguments long: content that is on disk or in the journal. */
const LONG_STRING = 160

/**
 * Arguments that fit are shown byte for byte. Longer ones keep their shape and short values, so that they stay
 * valid JSON for providers that parse them; text that is no JSON object (freeform tools) is cut.
 */
function shortArgs(args: string, seq: number, call: Call | undefined, view: View): string {
  if (args.length <= view.argTokens || textTokens(args) <= view.argTokens) return args
  const where = call?.done ? `, content as of e:${call.done.seq}` : ''
  const note = (length: number) => `[${length} characters left out${where}; ${handle(seq)}]`
  let value: unknown
  try {
    value = JSON.parse(args)
  } catch {
    return `${oneLine(args, 120)} ${note(args.length)}`
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return JSON.stringify({ note: note(args.length) })
  const short = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shortValue(item, note)]))
  const text = JSON.stringify(short)
  return text.length < args.length && textTokens(text) <= Math.max(view.argTokens, 200)
    ? text
    : JSON.stringify({ note: note(args.length) })
}

function shortValue(value: unknown, note: (length: number) => string): unknown {
  if (typeof value === 'string') return value.length <= LONG_STRING ? value : note(value.length)
  if (typeof value !== 'object' || value === null) return value
  const text = JSON.stringify(value)
  return text.length <= LONG_STRING ? value : note(text.length)
}
