import type { AssistantItemPart, Item, ToolDeclaration, UserPart } from '@cairn/models'
import type { Wire } from './violation.ts'

/** JSON that tests may edit freely. */
export type Body = { [key: string]: unknown }

/**
 * The plainest correct body of each wire, for tests of the validators alone: the real codecs live in `models` and are
 * held to the same validators by their own tests.
 */
export function encodeSample(wire: Wire, items: readonly Item[], tools: readonly ToolDeclaration[]): Body {
  if (wire === 'responses') return responses(items, tools)
  if (wire === 'chat') return chat(items, tools)
  if (wire === 'messages') return anthropic(items, tools)
  return gemini(items, tools)
}

function argsObject(args: string): unknown {
  try {
    return JSON.parse(args)
  } catch {
    return { malformed: args }
  }
}

function plain(parts: readonly UserPart[]): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '[image]')).join('\n')
}

function responses(items: readonly Item[], tools: readonly ToolDeclaration[]): Body {
  const input: unknown[] = []
  const said = (part: AssistantItemPart, n: number) => {
    if (part.type === 'text')
      input.push({ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: part.text }] })
    else if (part.type === 'reasoning')
      input.push({ type: 'reasoning', id: `rs_${n}`, summary: [], encrypted_content: 'enc' })
    else input.push({ type: 'function_call', call_id: part.id, name: part.tool, arguments: part.args })
  }
  items.forEach((item, n) => {
    if (item.type === 'user') {
      input.push({
        type: 'message',
        role: 'user',
        content: item.parts.map((part) =>
          part.type === 'text'
            ? { type: 'input_text', text: part.text }
            : { type: 'input_image', image_url: `data:${part.mime};base64,${part.base64}` },
        ),
      })
    } else if (item.type === 'assistant') for (const part of item.parts) said(part, n)
    else
      for (const r of item.results)
        input.push({ type: 'function_call_output', call_id: r.id, output: plain(r.parts) })
  })
  return {
    model: 'm',
    instructions: 'sys',
    store: false,
    input,
    tools: tools.map((tool) => ({
      type: 'function',
      name: tool.name,
      description: tool.description,
      parameters: tool.schema,
    })),
  }
}

function chat(items: readonly Item[], tools: readonly ToolDeclaration[]): Body {
  const messages: unknown[] = [{ role: 'system', content: 'sys' }]
  for (const item of items) {
    if (item.type === 'user') {
      messages.push({
        role: 'user',
        content: item.parts.map((part) =>
          part.type === 'text'
            ? { type: 'text', text: part.text }
            : { type: 'image_url', image_url: { url: `data:${part.mime};base64,${part.base64}` } },
        ),
      })
    } else if (item.type === 'assistant') {
      const text = item.parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
      const calls = item.parts.flatMap((part) =>
        part.type === 'call'
          ? [{ id: part.id, type: 'function', function: { name: part.tool, arguments: part.args } }]
          : [],
      )
      messages.push({
        role: 'assistant',
        content: text === '' ? null : text,
        ...(calls.length > 0 ? { tool_calls: calls } : {}),
      })
    } else
      for (const r of item.results)
        messages.push({ role: 'tool', tool_call_id: r.id, content: plain(r.parts) })
  }
  return {
    model: 'm',
    messages,
    tools: tools.map((tool) => ({
      type: 'function',
      function: { name: tool.name, description: tool.description, parameters: tool.schema },
    })),
  }
}

function anthropic(items: readonly Item[], tools: readonly ToolDeclaration[]): Body {
  const source = (part: Extract<UserPart, { type: 'image' }>) => ({
    type: 'image',
    source: { type: 'base64', media_type: part.mime, data: part.base64 },
  })
  const messages = items.map((item): Body => {
    if (item.type === 'user') {
      return {
        role: 'user',
        content: item.parts.map((part) =>
          part.type === 'text' ? { type: 'text', text: part.text } : source(part),
        ),
      }
    }
    if (item.type === 'assistant') {
      return {
        role: 'assistant',
        content: item.parts.map((part) => {
          if (part.type === 'text') return { type: 'text', text: part.text }
          if (part.type === 'reasoning') return { type: 'thinking', thinking: part.text, signature: 'sig' }
          return { type: 'tool_use', id: part.id, name: part.tool, input: argsObject(part.args) }
        }),
      }
    }
    return {
      role: 'user',
      content: item.results.map((r) => ({
        type: 'tool_result',
        tool_use_id: r.id,
        content: plain(r.parts),
        is_error: !r.ok,
      })),
    }
  })
  return {
    model: 'm',
    max_tokens: 8000,
    system: [{ type: 'text', text: 'sys', cache_control: { type: 'ephemeral' } }],
    messages: firstThoughtFirst(messages),
    tools: tools.map((tool) => ({
      name: tool.name,
      description: tool.description,
      input_schema: tool.schema,
    })),
  }
}

/** Two answers in a row are one turn to the API: thinking of the second cannot follow text of the first. */
function firstThoughtFirst(messages: readonly Body[]): Body[] {
  return messages.map((message, i) => {
    if (message['role'] !== 'assistant' || messages[i - 1]?.['role'] !== 'assistant') return message
    const content = message['content']
    return {
      ...message,
      content: Array.isArray(content) ? content.filter((block) => block.type !== 'thinking') : content,
    }
  })
}

function gemini(items: readonly Item[], tools: readonly ToolDeclaration[]): Body {
  const contents: { role: string; parts: unknown[] }[] = []
  const push = (role: string, parts: unknown[]) => {
    const last = contents.at(-1)
    if (last !== undefined && last.role === role && role === 'model') last.parts.push(...parts)
    else contents.push({ role, parts })
  }
  for (const item of items) {
    if (item.type === 'user') {
      push(
        'user',
        item.parts.map((part) =>
          part.type === 'text'
            ? { text: part.text }
            : { inlineData: { mimeType: part.mime, data: part.base64 } },
        ),
      )
    } else if (item.type === 'assistant') {
      let first = true
      push(
        'model',
        item.parts.flatMap((part): unknown[] => {
          if (part.type === 'reasoning') return []
          if (part.type === 'text') return [{ text: part.text }]
          const signature = first ? { thoughtSignature: 'sig' } : {}
          first = false
          return [{ functionCall: { name: part.tool, args: argsObject(part.args) }, ...signature }]
        }),
      )
    } else
      push(
        'user',
        item.results.map((r) => ({
          functionResponse: { name: r.tool, response: { output: plain(r.parts) } },
        })),
      )
  }
  return {
    systemInstruction: { parts: [{ text: 'sys' }] },
    contents,
    tools: [
      {
        functionDeclarations: tools.map((tool) => ({
          name: tool.name,
          description: tool.description,
          parameters: tool.schema,
        })),
      },
    ],
  }
}
