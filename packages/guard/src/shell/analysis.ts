/** One program that a command line starts. */
export interface SimpleCommand {
  /** As it stands in the line. */
  text: string
  /** Name and arguments with their quotes taken off; null where a word is known only at run time. */
  argv: (string | null)[]
  /** The same words as they are written. */
  words: string[]
  assignments: { name: string; value: string | null }[]
  redirects: { operator: string; fd: number | null; target: string | null }[]
  /** Words on account of which the program may do more than it is known for: only a rule that names them allows it. */
  risks: { doubt: 'wrapper' | 'option' | 'path'; word: string }[]
}

/** Why a line is not certain. Stable names; what they stand for is in docs/policy.md. */
export type Doubt =
  | 'too-long'
  | 'too-many'
  | 'disguised'
  | 'characters'
  | 'syntax'
  | 'parser-failed'
  | 'construct'
  | 'expansion'
  | 'quoted-name'
  | 'escape'
  | 'assignment'
  | 'redirect'
  | 'background'
  | 'evaluates'
  | 'wrapper'
  | 'option'
  | 'path'
  | 'not-cross-checked'
  | 'parsers-differ'

export interface Analysis {
  /** Every command found at any depth, in the order of the text; possibly not all of them unless `certain`. */
  commands: SimpleCommand[]
  /** Whether both parsers agree on the list, and nothing is left that could make the shell run anything else. */
  complete: boolean
  /** Complete, and no command has a risk. */
  certain: boolean
  doubts: { doubt: Doubt; detail: string }[]
  /** Characters that make the line look different from what it is: there is no honest use for them. */
  disguised: boolean
}
