import type { Kind } from './kinds.ts'

/**
 * Callee patterns. `child_process.{exec,execSync}` names things outside by module; `*.query` any receiver, `*.objects.get` any that ends so; `$db.query` a receiver
 * whose name or origin fits the class `$db` (`receivers`); `eval` a global. Braces list alternatives.
 */
export type Callee = string

export interface SinkModel {
  rule: string
  kind: Kind
  call: readonly Callee[]
  /** Indexes of arguments that must not be tainted; `receiver` for the object before the dot. */
  args: readonly (number | 'receiver' | 'all')[]
  /** Keyword arguments or options that must not be tainted. */
  options?: readonly string[]
  /** Only what remote people choose counts, not parameters or the command line. */
  strangers?: true
  /** Fields of objects count too. */
  deep?: boolean
  /** `sql`: the text must look like SQL. `object`: the value must be able to be an object. `bare`: not behind other text. */
  only?: 'sql' | 'object' | 'bare' | 'shell' | 'unsafe-loader'
  /** Calls count only where the first argument reads like this. */
  first?: RegExp
  /** Calls with options like these are safe: option name → pattern of its value. */
  unless?: { [option: string]: RegExp }
  /** What is made of the arguments carries on what they carry. */
  passes?: true
  /** Calls count only in functions whose text has nothing like this. */
  body?: RegExp
  /** Calls count only with an option like these. */
  needs?: { [option: string]: RegExp }
}

export interface SanitizerModel {
  call: readonly Callee[]
  /** Kinds that the result is safe for; `all` for every kind. */
  clears: readonly Kind[] | 'all'
  /** Also a truth value: where it holds, its first argument is safe. */
  guard?: boolean
  /** What the text of its first argument must be (a pattern of replaced characters). */
  argument?: RegExp
  marks?: number
}

export interface SourceModel {
  /** References that are sources: members or results of calls (`()`). */
  refs: readonly Callee[]
  category: 'user' | 'cli' | 'random' | 'error'
  label: string
}

/** A call or option that is wrong whatever its values are. */
export interface CallRule {
  rule: string
  call: readonly Callee[]
  /** Index of an argument, and the pattern of its text. */
  argument?: { index: number; matches: RegExp; missing?: boolean }
  /** Options: each must be present and fit. `absent` fits where it is missing. */
  options?: { [option: string]: RegExp }
  absent?: readonly string[]
  /** The name of the variable, function or property it is for must fit. */
  context?: RegExp
  /** Only in programs that answer requests. */
  web?: true
  /** Index of an argument that must not be a fixed text. */
  notLiteral?: number
  /** The name of the variable, function or property it is for must not fit. */
  notContext?: RegExp
}

export type Severity = 'critical' | 'high' | 'medium' | 'low'

export interface Rule {
  id: string
  cwe: number
  /** Weaknesses that others call the same defect by. */
  related?: readonly number[]
  severity: Severity
  title: string
  /** What to do about it. */
  fix: string
}
