import { languageOfFile } from '../plan/source-language.ts'
import { changePackage } from './change-package.ts'
import type { Recipe, RecipeFiles, RecipeResult } from './recipe.ts'

/** A recipe step on one file: the new text, and what it left. */
export type FileStep = (
  file: string,
  text: string,
  language: string,
  tree: RecipeFiles,
) => { text: string; left: string[] }

/** Runs a step on each JavaScript or TypeScript file of a unit, and another on `package.json` files. */
export function eachSource(
  step: FileStep,
  onPackage?: (value: { [key: string]: unknown }) => boolean,
): Recipe['run'] {
  return ({ files }, tree): RecipeResult => {
    const writes = new Map<string, string | null>()
    const left: string[] = []
    for (const file of files) {
      const text = tree.read(file)
      if (text === null) {
        left.push(`${file}: is no text in UTF-8`)
        continue
      }
      const language = languageOfFile(file)
      if (language !== null && language !== 'Html' && language !== 'Css') {
        const result = step(file, text, language, tree)
        left.push(...result.left)
        if (result.text !== text) writes.set(file, result.text)
      } else if (onPackage !== undefined && /(?:^|\/)package\.json$/u.test(file)) {
        const changed = changePackage(text, onPackage)
        if (changed !== null) writes.set(file, changed)
      }
    }
    return { writes, left }
  }
}

/** The mapping at a key of a package file, for changing; null where there is none. */
export function section(value: { [key: string]: unknown }, key: string): { [key: string]: unknown } | null {
  const found = value[key]
  if (typeof found !== 'object' || found === null || Array.isArray(found)) return null
  const copy: { [key: string]: unknown } = { ...found }
  value[key] = copy
  return copy
}
