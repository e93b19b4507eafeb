import type { ModelInfo } from '@cairn/models'

/** Bounds of a request that follow from the window alone, in uncalibrated tokens where not said otherwise. */
export interface Limits {
  window: number
  /** Most input tokens of a request: the window without room for the answer and for errors of the estimate. */
  usable: number
  /** Most bytes of a request body (images included): below the 32 MB that providers refuse. */
  bytes: number
  /** Most tokens of one tool result; ingest bounds views before, this is the second line. */
  resultTokens: number
  /** Most tokens of one user message or block. */
  textTokens: number
  /** Most tokens of pinned instruction files. */
  pinnedTokens: number
}

/** Margin for errors of the estimate before the first usage report calibrates it. */
const MARGIN = 1.15

/** The answer needs room, but a model whose `maxOutput` is its window must not starve its input. */
function reserve(window: number, maxOutput: number): number {
  return Math.min(maxOutput > 0 ? maxOutput : window, Math.floor(window * 0.2), 32_000)
}

/** Bounds for a model; `window` overrides the catalogue's. */
export function limitsOf(model: Pick<ModelInfo, 'window' | 'maxOutput'>, window = model.window): Limits {
  const usable = Math.max(1, Math.floor((window - reserve(window, model.maxOutput)) / MARGIN))
  return {
    window,
    usable,
    bytes: 28_000_000,
    resultTokens: Math.min(10_000, Math.floor(usable / 5)),
    textTokens: Math.floor(usable / 4),
    pinnedTokens: Math.floor(usable * 0.3),
  }
}
