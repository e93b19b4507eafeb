import type { Json } from '@cairn/journal'
import { ReviewError } from '../review-error.ts'
import type { SarifLog, SarifRun } from './sarif.ts'

type Fields = { [key: string]: Json }
const isFields = (value: Json | undefined): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Reads a SARIF 2.1.0 log of any tool. Nothing is dropped or renamed: writing it again gives the same log. Throws `ReviewError`
 * `bad-sarif` where it is none.
 */
export function readSarif(text: string, path: string): SarifLog {
  let log: Json
  try {
    log = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    throw new ReviewError('bad-sarif', `${path} is not JSON.`, 'Export the results as SARIF 2.1.0.', {
      cause: error,
    })
  }
  if (!isFields(log) || log['version'] !== '2.1.0' || !Array.isArray(log['runs']))
    throw new ReviewError(
      'bad-sarif',
      `${path} is not a SARIF 2.1.0 log.`,
      'Export the results as SARIF 2.1.0.',
    )
  for (const [index, run] of log['runs'].entries()) {
    if (
      !isFields(run) ||
      !isFields(run['tool']) ||
      !isFields(run['tool']['driver']) ||
      typeof run['tool']['driver']['name'] !== 'string'
    )
      throw new ReviewError(
        'bad-sarif',
        `Run ${index} in ${path} names no tool.`,
        'Export the results as SARIF 2.1.0.',
      )
  }
  const runs = log['runs'].filter(isFields)
  return { ...log, version: '2.1.0', runs }
}

/** The logs of several tools as one: our runs first, then those of the others as they were. */
export function mergeSarif(own: SarifLog, others: readonly SarifLog[]): SarifLog {
  const runs: SarifRun[] = [...own.runs]
  for (const { runs: theirs, version: _version, $schema: _schema, ...rest } of others) {
    // Properties of a foreign log itself have no place in ours; they stay with its first run.
    const [first, ...more] = theirs
    if (first === undefined) continue
    const kept = isFields(first['properties']) ? first['properties'] : {}
    const extra: Fields = {}
    for (const [key, value] of Object.entries(rest)) if (!isRuns(value)) extra[key] = value
    runs.push(
      Object.keys(extra).length === 0 ? first : { ...first, properties: { ...kept, 'cairn/log': extra } },
      ...more,
    )
  }
  return { ...own, runs }
}

const isRuns = (value: Json | SarifRun[]): value is SarifRun[] =>
  Array.isArray(value) && value.every((one) => isFields(one) && isFields(one['tool']))
