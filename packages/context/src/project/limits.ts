import type { ModelInfo } from '@cairn/models'
import { IMAGE_TOKENS } from './tokens.ts'
import { IMAGE_LIMITS } from './view.ts'
import { FIRST_FACTOR } from '../schedule/calibration.ts'

/** Bounds of a request. They follow from the model and the fixed prefix alone, so they never change in a session. */
export interface Limits {
  window: number
  /** Most input tokens of a request, calibrated: the window without room for the answer. */
  usable: number
  /** What is left for items beside system text and tools, in uncalibrated tokens. */
  room: number
  /** Most bytes of a request (images included): below the 32 MB that providers refuse. */
  bytes: number
  /** Most tokens of one tool result; ingest bounds views before, this is the second line. */
  resultTokens: number
  /** Most tokens of one user message or block. */
  textTokens: number
  /** Most tokens of pinned instruction files. */
  pinnedTokens: number
  /** Tokens that tail and current files of a new epoch are shares of. */
  contentTokens: number
  /** Most images that an epoch starts with: in the front, and again in the tail. */
  epochImages: number
  /** Most images of a request: none where the model takes none. */
  images: number
}

/** Under this many tokens for items no work can be done at all. */
export const LEAST_ROOM = 400

/** The answer needs room, but a model whose `maxOutput` is its window must not starve its input. */
function reserve(window: number, maxOutput: number): number {
  return Math.min(maxOutput > 0 ? maxOutput : window, Math.floor(window * 0.2), 32_000)
}

function clamp(value: number, min: number, max: number): number {
  return Math.max(min, Math.min(max, Math.floor(value)))
}

/** Bounds for a model whose requests start with `prefixTokens`; `window` overrides the catalogue's. */
export function limitsOf(
  model: Pick<ModelInfo, 'window' | 'maxOutput' | 'images'>,
  prefixTokens: number,
  window = model.window,
): Limits {
  const usable = Math.floor((window - reserve(window, model.maxOutput)) * 0.97)
  const room = Math.floor(usable / FIRST_FACTOR) - prefixTokens
  return {
    window,
    usable,
    room,
    bytes: 28_000_000,
    resultTokens: clamp(room / 5, 24, 10_000),
    textTokens: clamp(room / 4, 24, 60_000),
    pinnedTokens: clamp(room * 0.35, 24, 60_000),
    contentTokens: clamp(room * 0.4, 200, 18_000),
    epochImages: model.images ? clamp((room * 0.15) / IMAGE_TOKENS, room > 3 * IMAGE_TOKENS ? 1 : 0, 10) : 0,
    images: model.images ? IMAGE_LIMITS.count : 0,
  }
}
