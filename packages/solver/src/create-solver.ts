import type { Model, ModelInfo } from '@cairn/models'

const info: ModelInfo = {
  provider: 'embedded',
  id: 'repair-1',
  name: 'Embedded repair engine',
  window: 1_000_000,
  maxOutput: 64_000,
  prices: null,
  images: false,
  reasoning: false,
  editTool: 'edit',
  cacheTtl: null,
}

/** The embedded engine: mends failing checks of JavaScript and TypeScript projects without a key or a network. */
export function createSolver(): Model {
  return {
    info,
    async *stream() {
      yield { type: 'text', delta: 'The embedded engine is not there yet.' }
      yield {
        type: 'finish',
        reason: 'stop',
        usage: { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 },
        served: 'repair-1',
      }
    },
  }
}
