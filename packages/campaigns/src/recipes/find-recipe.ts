import { CampaignError } from '../errors.ts'
import type { Recipe } from './recipe.ts'
import { commonjsToEsm } from './commonjs-to-esm.ts'
import { licenseHeader } from './license-header.ts'

/** All recipes that ship, by name. */
export const RECIPES: readonly Recipe[] = [commonjsToEsm, licenseHeader]

export function findRecipe(name: string): Recipe {
  const found = RECIPES.find((recipe) => recipe.name === name)
  if (found !== undefined) return found
  throw new CampaignError(
    'bad-campaign',
    `There is no recipe ${JSON.stringify(name)}.`,
    `Known: ${RECIPES.map((recipe) => recipe.name).join(', ')}.`,
  )
}
