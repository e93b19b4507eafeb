/** Where the work-list comes from. */
export type UnitSource =
  /** Tracked files that match; each is a unit. */
  | { kind: 'glob'; glob: string[]; exclude: string[] }
  /** A shell line that prints one unit a line. A line that names a tracked file is a unit of that file. */
  | { kind: 'command'; command: string }
  /** Files with a match of an ast-grep pattern. */
  | { kind: 'pattern'; pattern: string; language: string | null; glob: string[]; exclude: string[] }
  /** Files with a line that matches a regular expression (ripgrep). */
  | { kind: 'regex'; regex: string; glob: string[]; exclude: string[] }
  /** Files that import a module of the repository; with `symbol`, only those that import this name from it. */
  | {
      kind: 'importers'
      of: string
      symbol: string | null
      transitive: boolean
      glob: string[]
      exclude: string[]
    }

export interface RewriteRule {
  pattern: string
  /** Text with `$NAME` and `$$$NAME` of the pattern. */
  rewrite: string
  language: string | null
}

export type RecipeStep =
  /** A shell line in the sandbox, with `{file}`, `{files}` and `{unit}` replaced, quoted. */
  | { kind: 'command'; command: string }
  | { kind: 'ast-grep'; rules: RewriteRule[] }
  /** One that ships with cairn. */
  | { kind: 'use'; name: string; options: { [key: string]: unknown } }
  /** A session with a model. Behind other steps it runs only for what they left. */
  | { kind: 'agent'; instructions: string | null }

export interface CampaignBudget {
  /** US dollars over all units. */
  usd: number | null
  /** Input and output tokens over all units. */
  tokens: number | null
  minutes: number | null
  /** Of one unit's session. */
  unitUsd: number | null
  unitSteps: number | null
  /** Of one unit: recipe, session and check. */
  unitMinutes: number
}

export interface Campaign {
  name: string
  goal: string
  /** Stand in the first request of every unit. */
  constraints: string[]
  units: UnitSource
  /**
   * `imports`: a unit waits for those whose files it imports; files that import each other become one unit. `cycles`: the
   * latter alone. `none`: neither.
   */
  order: 'imports' | 'cycles' | 'none'
  /** Globs: units with such a file wait for all others. */
  last: string[]
  recipe: RecipeStep[]
  check: { unit: string[]; batch: string[]; final: string[] }
  /** Units that go first and are looked at before the rest starts; 0: none. */
  canary: number
  budget: CampaignBudget
  stop: { failureRate: number; after: number }
  /** Units of one combined check. */
  batch: number
  /** Attempts of a unit before a person has to look. */
  attempts: number
  /** Branch that the merged units end on; null: `cairn/ID`. */
  branch: string | null
  /** Where to start from; default: HEAD. */
  base: string
}
