import type { Wire } from './violation.ts'

/** What one provider asks of a transcript, as far as it shows in the neutral form. */
export interface ShapeRules {
  wire: Wire
  /** Call ids: unique in the whole transcript, or only among the calls of one answer. */
  uniqueCallIds: 'transcript' | 'answer'
  callId: RegExp | null
  maxCallId: number
  toolName: RegExp
  /** The first item has to be the user's. */
  firstUser: boolean
  /** The last item has to be the user's, or results. */
  lastNotAssistant: boolean
  /** Results stand in the order of the calls. */
  orderedResults: boolean
  /** Text of white space only is refused. */
  blankText: boolean
  /** A transcript with calls needs declared tools. */
  toolsForCalls: boolean
  imageMimes: readonly string[]
  maxImages: number
  /** Of one image, in base64 characters; and of everything together, in UTF-16 units (a lower bound of the bytes). */
  maxImageChars: number
  maxChars: number
  maxCacheMarks: number
}

const MB = 1024 * 1024
const WEB_IMAGES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp']

/**
 * Limits from the SDK sources and error texts of each API. The strictest reading wins where two sources differ,
 * because a refused request costs a turn and an early violation costs nothing.
 */
export const SHAPE_RULES: Record<Wire, ShapeRules> = {
  responses: {
    wire: 'responses',
    uniqueCallIds: 'transcript',
    callId: null,
    maxCallId: 64,
    toolName: /^[a-zA-Z0-9_-]{1,64}$/,
    firstUser: false,
    lastNotAssistant: false,
    orderedResults: false,
    blankText: false,
    toolsForCalls: false,
    imageMimes: WEB_IMAGES,
    maxImages: 500,
    maxImageChars: 50 * MB,
    maxChars: 50 * MB,
    maxCacheMarks: 4,
  },
  chat: {
    wire: 'chat',
    uniqueCallIds: 'answer',
    callId: null,
    maxCallId: 40,
    toolName: /^[a-zA-Z0-9_-]{1,64}$/,
    firstUser: false,
    lastNotAssistant: false,
    orderedResults: false,
    blankText: false,
    toolsForCalls: false,
    imageMimes: WEB_IMAGES,
    maxImages: 500,
    maxImageChars: 50 * MB,
    maxChars: 50 * MB,
    maxCacheMarks: Number.POSITIVE_INFINITY,
  },
  messages: {
    wire: 'messages',
    uniqueCallIds: 'transcript',
    callId: /^[a-zA-Z0-9_-]+$/,
    maxCallId: 256,
    toolName: /^[a-zA-Z0-9_-]{1,128}$/,
    firstUser: true,
    lastNotAssistant: true,
    orderedResults: false,
    blankText: true,
    toolsForCalls: true,
    imageMimes: WEB_IMAGES,
    maxImages: 100,
    maxImageChars: 5 * MB,
    maxChars: 32 * MB,
    maxCacheMarks: 4,
  },
  gemini: {
    wire: 'gemini',
    uniqueCallIds: 'answer',
    callId: null,
    maxCallId: 256,
    toolName: /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/,
    firstUser: true,
    lastNotAssistant: true,
    orderedResults: true,
    blankText: true,
    toolsForCalls: false,
    imageMimes: ['image/png', 'image/jpeg', 'image/webp', 'image/heic', 'image/heif'],
    maxImages: 3000,
    maxImageChars: 20 * MB,
    maxChars: 20 * MB,
    maxCacheMarks: Number.POSITIVE_INFINITY,
  },
}
