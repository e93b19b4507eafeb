import builtin from './catalogue.json' with { type: 'json' }
import { findModel } from './catalogue.ts'
import type { ModelInfo } from './model.ts'

/** All models that the built-in catalogue names, in its order. */
export function listCatalogue(): ModelInfo[] {
  return Object.keys(builtin)
    .filter((reference) => !reference.endsWith('/*'))
    .map((reference) => {
      const slash = reference.indexOf('/')
      return findModel(reference.slice(0, slash), reference.slice(slash + 1))
    })
}
