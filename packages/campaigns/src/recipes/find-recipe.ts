import { CampaignError } from '../errors.ts'
import type { Recipe } from './recipe.ts'
import { callbackToAsync } from './callback-to-async.ts'
import { commonjsToEsm } from './commonjs-to-esm.ts'
import { dependencyMajor } from './dependency-major.ts'
import { jestToVitest } from './jest-to-vitest.ts'
import { licenseHeader } from './license-header.ts'
import { momentToDayjs } from './moment-to-dayjs.ts'
import { strictnessRatchet } from './strictness-ratchet.ts'

/** All recipes that ship, by name. */
export const RECIPES: readonly Recipe[] = [
  callbackToAsync,
  commonjsToEsm,
  dependencyMajor,
  jestToVitest,
  licenseHeader,
  momentToDayjs,
  strictnessRatchet,
]

export function findRecipe(name: string): Recipe {
  const found = RECIPES.find((recipe) => recipe.name === name)
  if (found !== undefined) return found
  throw new CampaignError(
    'bad-campaign',
    `There is no recipe ${JSON.stringify(name)}.`,
    `Known: ${RECIPES.map((recipe) => recipe.name).join(', ')}.`,
  )
}
