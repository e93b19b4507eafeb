import type {
  LanguageModelV4FilePart,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4TextPart,
  LanguageModelV4ToolResultOutput,
  LanguageModelV4ToolResultPart,
  SharedV4ProviderOptions,
} from '@ai-sdk/provider'
import type { Item, ModelRequest, ToolDeclaration, UserPart } from '../model.ts'
import { FREEFORM_PARAMETER, replayableArguments } from './arguments.ts'
import { type CompactionPart, mergeNative, type OutgoingPart, readNative } from './native.ts'

type AssistantContent = Extract<LanguageModelV4Message, { role: 'assistant' }>['content']

/** How one wire wants the parts of a prompt on which wires differ. */
export interface PromptDialect {
  provider: string
  model: string
  /** The `input` of a past call: `text` is the argument text as the caller keeps it. */
  callInput(text: string, freeform: boolean): unknown
  /** Whether a tool result may hold images; otherwise they follow in a user message of their own. */
  imagesInResults: boolean
  /** How the wire marks a failed tool result, where plain text is not enough. */
  failed?: (text: string) => LanguageModelV4ToolResultOutput
  /** Whether a reasoning part without provider metadata may be sent. */
  plainReasoning: boolean
  /** How the wire takes its own compaction back; absent where it has none. */
  compaction?: (part: CompactionPart) => AssistantContent
  /** Provider options of the last part of an item that is marked as a cache breakpoint. */
  cacheMark?: SharedV4ProviderOptions
}

/** Turns the neutral items into the prompt of the language-model specification. */
export function toPrompt(request: ModelRequest, dialect: PromptDialect): LanguageModelV4Prompt {
  const freeform = freeformNames(request.tools)
  const prompt: LanguageModelV4Prompt = []
  if (request.system !== '')
    prompt.push({
      role: 'system',
      content: request.system,
      ...mark(dialect, dialect.cacheMark !== undefined),
    })
  for (const item of request.items) {
    const marked = item.cache === true
    if (item.type === 'user')
      prompt.push({ role: 'user', content: item.parts.map(toUserPart), ...mark(dialect, marked) })
    else if (item.type === 'assistant') prompt.push(toAssistant(item, freeform, dialect, marked))
    else prompt.push(...toResults(item, dialect, marked))
  }
  return prompt
}

/** The names of the tools whose input is raw text. */
export function freeformNames(tools: readonly ToolDeclaration[]): ReadonlySet<string> {
  return new Set(tools.filter((tool) => tool.freeform).map((tool) => tool.name))
}

/** The input of a past call as a JSON text, for wires that carry JSON functions only. */
export function functionInput(text: string, freeform: boolean): string {
  return freeform ? JSON.stringify({ [FREEFORM_PARAMETER]: text }) : replayableArguments(text)
}

function mark(dialect: PromptDialect, marked: boolean): { providerOptions?: SharedV4ProviderOptions } {
  return marked && dialect.cacheMark ? { providerOptions: dialect.cacheMark } : {}
}

function toUserPart(part: UserPart): LanguageModelV4TextPart | LanguageModelV4FilePart {
  if (part.type === 'text') return part
  return { type: 'file', mediaType: part.mime, data: { type: 'data', data: part.base64 } }
}

function toAssistant(
  item: Extract<Item, { type: 'assistant' }>,
  freeform: ReadonlySet<string>,
  dialect: PromptDialect,
  marked: boolean,
): LanguageModelV4Message {
  const own = item.native?.provider === dialect.provider && item.native.model === dialect.model
  const native = own ? readNative(item.native?.data) : null
  const parts: OutgoingPart[] = native ? mergeNative(item.parts, native) : item.parts
  const content: AssistantContent = []
  for (const part of parts) {
    const options = part.meta ? { providerOptions: part.meta } : {}
    if (part.type === 'compaction') content.push(...(dialect.compaction?.(part) ?? []))
    else if (part.type === 'text') content.push({ type: 'text', text: part.text, ...options })
    else if (part.type === 'reasoning') {
      if (native && (part.meta || dialect.plainReasoning))
        content.push({ type: 'reasoning', text: part.text, ...options })
    } else {
      const input = dialect.callInput(part.args, freeform.has(part.tool))
      content.push({ type: 'tool-call', toolCallId: part.id, toolName: part.tool, input, ...options })
    }
  }
  return { role: 'assistant', content, ...mark(dialect, marked) }
}

function toResults(
  item: Extract<Item, { type: 'results' }>,
  dialect: PromptDialect,
  marked: boolean,
): LanguageModelV4Message[] {
  const images: UserPart[] = []
  const content = item.results.map((result): LanguageModelV4ToolResultPart => {
    const part = { type: 'tool-result' as const, toolCallId: result.id, toolName: result.tool }
    const text = result.parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
    const pictures = result.parts.filter((part) => part.type === 'image')
    if (pictures.length > 0 && dialect.imagesInResults) {
      const value = result.parts.map((part) =>
        part.type === 'text'
          ? part
          : ({ type: 'file', mediaType: part.mime, data: { type: 'data', data: part.base64 } } as const),
      )
      return { ...part, output: { type: 'content', value } }
    }
    if (pictures.length > 0)
      images.push({ type: 'text', text: `Images of ${result.tool} (${result.id}):` }, ...pictures)
    const note = pictures.length > 0 ? `${text}\n[${pictures.length} image(s) in the next message]` : text
    if (!result.ok && dialect.failed) return { ...part, output: dialect.failed(note) }
    return { ...part, output: { type: 'text', value: note } }
  })
  const messages: LanguageModelV4Message[] = [{ role: 'tool', content, ...mark(dialect, marked) }]
  if (images.length > 0) messages.push({ role: 'user', content: images.map(toUserPart) })
  return messages
}
