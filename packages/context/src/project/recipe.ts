import type { Json } from '@cairn/journal'
import type { Calibration } from '../schedule/calibration.ts'

/** A file shown as it was on disk at the switch. */
export interface ShownFile {
  path: string
  sha256: string
  /** 1-based inclusive; absent where the whole file is shown. */
  lines?: [number, number]
  /** Absent where a blob with this hash has the whole text. */
  text?: string
}

/**
 * Everything that rendering an epoch needs besides the journal before it. It is part of `epoch.started`, so that the
 * same journal gives the same bytes whatever is on disk by then.
 */
export interface Recipe {
  /** Highest tier used: 2 elide, 3 fold, 6 emergency. */
  tier: number
  /** Positions from which events are shown item by item, and from which those are shown whole. */
  tailFrom: number
  verbatimFrom: number
  /** Caps of the verbatim part of the tail, and of what stands before it. */
  resultTokens: number
  elidedTokens: number
  /** Tokens of the record, and of current files. */
  recordTokens: number
  fileTokens: number
  /** Native records and reasoning of the tail are kept. */
  native: boolean
  /** Hashes on disk that differ from what the journal knows; null where the file is gone. */
  disk: { [path: string]: string | null }
  files: ShownFile[]
  calibration: Calibration
  /** Expected tokens of rework after a switch, learnt so far. */
  rework: number
}

/** What left the context at a switch, for displays. */
export interface EpochReport {
  recipe: Recipe
  /** Estimated tokens of the request before and after, and the size aimed at. */
  before: number
  after: number
  target: number
  /** What was folded, elided or dropped, with its handle; the largest first, at most 64 of them. */
  left: { handle: string; what: string; how: 'folded' | 'elided' | 'historical'; tokens: number }[]
  leftCount: number
  leftTokens: number
  narrative: 'asked' | 'none'
}

type Fields = { [key: string]: Json }

function fields(value: Json | undefined): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null
}

function count(value: Json | undefined, fallback: number): number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : fallback
}

/** Reads a recipe back. A field that is missing or of another shape gets the value of `fallback`. */
export function readRecipe(report: Json, fallback: Recipe): Recipe {
  const recipe = fields(fields(report)?.['recipe'])
  if (!recipe) return fallback
  const calibration = fields(recipe['calibration'])
  return {
    tier: count(recipe['tier'], fallback.tier),
    tailFrom: count(recipe['tailFrom'], fallback.tailFrom),
    verbatimFrom: count(recipe['verbatimFrom'], fallback.verbatimFrom),
    resultTokens: count(recipe['resultTokens'], fallback.resultTokens),
    elidedTokens: count(recipe['elidedTokens'], fallback.elidedTokens),
    recordTokens: count(recipe['recordTokens'], fallback.recordTokens),
    fileTokens: count(recipe['fileTokens'], fallback.fileTokens),
    native: recipe['native'] !== false,
    disk: readDisk(fields(recipe['disk'])),
    files: Array.isArray(recipe['files']) ? recipe['files'].flatMap(readFile) : [],
    calibration: {
      factor: Math.min(2, Math.max(0.5, count(calibration?.['factor'], fallback.calibration.factor))),
      reports: count(calibration?.['reports'], 0),
      distrusted: calibration?.['distrusted'] === true,
    },
    rework: count(recipe['rework'], fallback.rework),
  }
}

function readDisk(value: Fields | null): Recipe['disk'] {
  const entries = Object.entries(value ?? {}).filter(([, hash]) => hash === null || typeof hash === 'string')
  return Object.fromEntries(entries.map(([path, hash]) => [path, typeof hash === 'string' ? hash : null]))
}

function readFile(value: Json): ShownFile[] {
  const file = fields(value)
  if (typeof file?.['path'] !== 'string' || typeof file['sha256'] !== 'string') return []
  const { path, sha256, text, lines } = file
  const [from, to] = Array.isArray(lines) ? lines : []
  return [
    {
      path,
      sha256,
      ...(typeof from === 'number' && typeof to === 'number' ? { lines: [from, to] } : {}),
      ...(typeof text === 'string' ? { text } : {}),
    },
  ]
}

/** A recipe as the JSON of an event. */
export function reportToJson(report: EpochReport): Json {
  const { recipe, left, ...rest } = report
  return {
    ...rest,
    left: left.map((item) => ({ ...item })),
    recipe: {
      ...recipe,
      disk: { ...recipe.disk },
      files: recipe.files.map((file) => ({ ...file })),
      calibration: { ...recipe.calibration },
    },
  }
}
