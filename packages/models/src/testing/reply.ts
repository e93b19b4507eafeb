import type { Wire } from '../codec/codec.ts'
import type { ModelUsage } from '../model.ts'

/** What a script gets to see of a request. */
export interface ScriptedRequest {
  wire: Wire
  /** Counts from 0 over all wires. */
  index: number
  /** The parsed body. */
  body: { [key: string]: unknown }
  headers: { [name: string]: string | string[] | undefined }
  path: string
}

/** `args` goes to the wire as it stands, valid JSON or not; `input` is the text of a freeform call. */
export type ScriptedCall = { tool: string; id?: string } & ({ args: string } | { input: string })

/** An answer of the model, streamed in the order reasoning, text, calls. */
export interface ScriptedAnswer {
  reasoning?: string
  /** Encrypted reasoning (Responses), thinking signature (Messages), thought signature (Gemini). */
  opaque?: string
  text?: string
  /** A compaction of the provider, before everything else: encrypted (Responses) or readable (Messages). */
  compaction?: string
  calls?: ScriptedCall[]
  /** Default: `calls` where there are calls, otherwise `stop`. */
  finish?: 'stop' | 'calls' | 'length' | 'filter'
  /** Default: input 100, output 20, the rest 0. */
  usage?: Partial<ModelUsage>
  /** The model that says it answered. Default: the one asked for. */
  served?: string
  /** Destroys the socket after that many bytes of the body. */
  cutAt?: number
  /** Ends the body cleanly after that many bytes: no end marker, no error. */
  endAt?: number
}

/** Instead of an answer. */
export type ScriptedFault =
  /** An HTTP error; `body` is sent as JSON unless it is a string. */
  | { status: number; headers?: { [name: string]: string }; body?: unknown }
  /** 200 with these bytes. Default content type: `text/html`. */
  | { garbage: string; contentType?: string }
  /** Never ends: silent before the headers, or in the middle of the text `wait a moment`. */
  | { hang: 'headers' | 'body' }
  /** Destroys the socket before a byte is sent. */
  | { drop: true }

export type Reply = ScriptedAnswer | ScriptedFault

/** An answer with nothing left open, as the wire writers want it. */
export interface PlannedAnswer {
  /** Makes ids of this reply unique and repeatable. */
  tag: string
  model: string
  reasoning: string | undefined
  opaque: string | undefined
  text: string | undefined
  compaction: string | undefined
  calls: { id: string; tool: string; args: string; freeform: boolean }[]
  finish: 'stop' | 'calls' | 'length' | 'filter'
  usage: ModelUsage
}

const USAGE: ModelUsage = { input: 100, cachedInput: 0, cacheWrite: 0, output: 20, reasoning: 0 }

/** Fills in the defaults of an answer. */
export function planAnswer(answer: ScriptedAnswer, request: ScriptedRequest): PlannedAnswer {
  const asked = request.body['model'] ?? /models\/([^:]+):/.exec(request.path)?.[1]
  const calls = (answer.calls ?? []).map((call, n) => {
    const freeform = 'input' in call && request.wire === 'responses'
    const args = 'args' in call ? call.args : freeform ? call.input : JSON.stringify({ input: call.input })
    return { id: call.id ?? `call_${request.index}_${n}`, tool: call.tool, args, freeform }
  })
  return {
    tag: String(request.index),
    model: answer.served ?? (typeof asked === 'string' ? asked : 'scripted'),
    reasoning: answer.reasoning ?? (answer.opaque === undefined ? undefined : ''),
    opaque: answer.opaque,
    text: answer.text,
    compaction: answer.compaction,
    calls,
    finish: answer.finish ?? (calls.length > 0 ? 'calls' : 'stop'),
    usage: { ...USAGE, ...answer.usage },
  }
}

/** Two pieces of a text, so that every stream has more than one delta; never inside a character. */
export function halves(text: string): string[] {
  const characters = Array.from(text)
  const middle = Math.ceil(characters.length / 2)
  return [characters.slice(0, middle).join(''), characters.slice(middle).join('')].filter(
    (half) => half !== '',
  )
}
