/** What a recipe sees of a checkout. Paths are relative to its root. */
export interface RecipeFiles {
  /** All tracked files. */
  readonly all: readonly string[]
  read(path: string): string | null
}

/** What a recipe makes of one unit. */
export interface RecipeResult {
  /** New content by path; null removes the file. */
  writes: Map<string, string | null>
  /** What it saw and could not do, one sentence each with the place. */
  left: string[]
}

/** A change that ships with cairn: a pure function of the files, so that it may run outside the sandbox. */
export interface Recipe {
  name: string
  summary: string
  /** Known options and what they are for. */
  options: Readonly<Record<string, string>>
  run(
    unit: { files: readonly string[] },
    files: RecipeFiles,
    options: { readonly [key: string]: unknown },
  ): RecipeResult
}
