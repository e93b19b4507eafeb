/**
 * The small intermediate representation that JavaScript, TypeScript and Python are lowered into: expression trees and
 * structured statements. Every node carries `at`, the offset of its first character in the file.
 */

export type Language = 'javascript' | 'python'

export type Expr =
  | { kind: 'literal'; value: string | number | boolean | null; at: number }
  | { kind: 'regex'; source: string; flags: string; at: number }
  | { kind: 'name'; name: string; at: number }
  | { kind: 'member'; object: Expr; name: string; at: number }
  | { kind: 'index'; object: Expr; index: Expr; at: number }
  | { kind: 'call'; callee: Expr; args: Arg[]; isNew: boolean; at: number; end: number }
  /** Text put together: `+`, template strings, f-strings. `tag` is that of a tagged template. */
  | { kind: 'concat'; parts: Expr[]; at: number }
  | { kind: 'object'; entries: Entry[]; at: number }
  | { kind: 'array'; items: Expr[]; at: number }
  | { kind: 'spread'; value: Expr; at: number }
  | { kind: 'function'; fn: Fn; at: number }
  | { kind: 'class'; cls: Cls; at: number }
  /** Operators whose result is one of the operands: `||`, `&&`, `??`. */
  | { kind: 'logic'; op: 'and' | 'or'; left: Expr; right: Expr; at: number }
  | { kind: 'not'; value: Expr; at: number }
  | { kind: 'compare'; op: '==' | '!=' | 'in' | 'not in' | 'other'; left: Expr; right: Expr; at: number }
  /** Operators whose result is a number or a truth value. */
  | { kind: 'arithmetic'; op: string; left: Expr; right: Expr; at: number }
  | { kind: 'choice'; test: Expr; consequent: Expr; otherwise: Expr; at: number }
  | { kind: 'assign'; target: Pattern; value: Expr; at: number }
  /** `yields`: the value is one of those that the function gives, one after the other (`all`: each of its elements). */
  | { kind: 'await'; value: Expr; yields?: 'one' | 'all'; at: number }
  | { kind: 'sequence'; items: Expr[]; at: number }
  /** A comprehension: the item for each element of the sources. */
  | { kind: 'comprehension'; loops: { target: Pattern; over: Expr }[]; tests: Expr[]; item: Expr; at: number }
  | { kind: 'import'; module: Expr; at: number }
  /** Markup of JSX: its properties and children. */
  | { kind: 'markup'; tag: string; entries: Entry[]; children: Expr[]; at: number }

export interface Arg {
  value: Expr
  /** Name of a keyword argument. */
  name?: string
}

export interface Entry {
  /** Null where the key is computed (`keyExpr`) or the entry spreads an object. */
  key: string | null
  keyExpr?: Expr
  value: Expr
  spread?: boolean
  at: number
}

/** Where a value is put. */
export type Pattern =
  | { kind: 'name'; name: string; type?: Expr; at: number }
  | { kind: 'place'; place: Expr; at: number }
  | {
      kind: 'fields'
      fields: { key: string | null; target: Pattern; fallback?: Expr }[]
      rest?: Pattern
      at: number
    }
  | { kind: 'items'; items: (Pattern | null)[]; rest?: Pattern; at: number }
  | { kind: 'default'; target: Pattern; fallback: Expr; at: number }

export interface Param {
  target: Pattern
  /** Name where the parameter is a plain one. */
  name: string | null
  type?: Expr
  fallback?: Expr
  rest?: boolean
  keywords?: boolean
  decorators: Expr[]
  /** A TypeScript parameter property: also a field of the instance. */
  field?: boolean
}

export interface Fn {
  name: string
  params: Param[]
  body: Stmt[]
  decorators: Expr[]
  isAsync: boolean
  /** An arrow function: `this` is that of its surroundings. */
  arrow: boolean
  isStatic: boolean
  returnType?: Expr
  at: number
  end: number
}

export interface Cls {
  name: string
  bases: Expr[]
  methods: Fn[]
  fields: { name: string; value: Expr | null; type?: Expr; isStatic: boolean; at: number }[]
  decorators: Expr[]
  at: number
}

export type Stmt =
  | { kind: 'expr'; value: Expr; at: number }
  | { kind: 'bind'; target: Pattern; value: Expr | null; at: number }
  | { kind: 'return'; value: Expr | null; at: number }
  | { kind: 'throw'; value: Expr | null; at: number }
  | { kind: 'jump'; at: number }
  | { kind: 'if'; test: Expr; consequent: Stmt[]; otherwise: Stmt[]; at: number }
  | {
      kind: 'loop'
      target: Pattern | null
      over: Expr | null
      test: Expr | null
      keys: boolean
      body: Stmt[]
      at: number
    }
  | { kind: 'switch'; value: Expr; cases: { test: Expr | null; body: Stmt[] }[]; at: number }
  | { kind: 'try'; body: Stmt[]; handler: Stmt[]; param: Pattern | null; otherwise: Stmt[]; at: number }
  | { kind: 'block'; body: Stmt[]; at: number }
  | { kind: 'function'; fn: Fn; at: number }
  | { kind: 'class'; cls: Cls; at: number }
  | { kind: 'import'; module: string; names: { name: string; as: string }[]; at: number }
  | { kind: 'export'; names: { name: string; as: string; value?: Expr }[]; from: string | null; at: number }

/** One file as the engine sees it. `path` is relative to the root, with forward slashes. */
export interface SourceFile {
  path: string
  language: Language
  text: string
  body: Stmt[]
}
