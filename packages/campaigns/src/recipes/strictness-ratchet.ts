import { eachSource, type FileStep } from './each-source.ts'
import type { Recipe } from './recipe.ts'

const convert: FileStep = (file, text) => {
  const lines = text.split('\n')
  const kept = lines.filter((line) => !/^\s*(?:\/\/|\/\*)\s*@ts-nocheck\b/u.test(line))
  const left: string[] = []
  const changed = kept.map((line, index) => {
    // Needed no longer, an expectation is an error; an ignored line never is.
    const next = line.replace(/(\/\/|\/\*)(\s*)@ts-ignore\b/u, '$1$2@ts-expect-error')
    if (/:\s*any\b|\bas any\b|<any>/u.test(line)) left.push(`${file}:${index + 1}: an explicit any`)
    return next
  })
  return { text: changed.join('\n'), left }
}

/** Takes back what keeps the TypeScript checker out of a file. The check of the unit (tsc) says what then is wrong. */
export const strictnessRatchet: Recipe = {
  name: 'strictness-ratchet',
  summary: 'remove @ts-nocheck and turn @ts-ignore into @ts-expect-error',
  options: { any: '"report" to report each explicit any as left open' },
  run(unit, tree, options) {
    const result = eachSource(convert)(unit, tree, options)
    return options['any'] === 'report' ? result : { ...result, left: [] }
  },
}
