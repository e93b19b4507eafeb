import type { Cls, Fn } from '../ir/ir.ts'

/** The variables of one activation, inside those around it. */
export class Scope {
  readonly variables = new Map<string, Value>()
  readonly parent: Scope | null
  constructor(parent: Scope | null) {
    this.parent = parent
  }

  /** The value of a name, here or further out; undefined where nobody bound it. */
  find(name: string): Value | undefined {
    return this.owner(name)?.variables.get(name)
  }

  /** The scope that binds a name. */
  owner(name: string): Scope | null {
    let scope: Scope | null = this as Scope
    while (scope !== null && !scope.variables.has(name)) scope = scope.parent
    return scope
  }
}

/** One step on the way from a source to a sink, linked to the step before it. */
export interface Step {
  file: string
  at: number
  what: string
  before: Step | null
}

/** Where a value comes from that nobody vouches for. */
interface Source {
  /** `user`: a remote person; `cli`: whoever starts the program; `param`: callers we do not see; `random`: a weak generator; `error`: what went wrong inside. */
  category: 'user' | 'cli' | 'param' | 'random' | 'error'
  label: string
  file: string
  at: number
  /** The function whose parameter it is. */
  fn?: Fn
}

/** What a value carries of a source: `clear` has a bit for each kind of sink it has been made safe for. */
export interface Taint {
  source: Source
  last: Step
  clear: number
  /** See `marks`. */
  marks: number
}

/** What is known about the way of a value, besides what it is safe for. */
export const marks = {
  /** It went through a function that makes paths absolute or removes `..`. */
  normalised: 1,
  /** It cannot be an object: it was made text. */
  text: 2,
  /** It stands behind other text, or in it. */
  embedded: 4,
} as const

/** An object, list or instance with what is known of its fields. */
export interface Heap {
  fields: Map<string, Value>
  /** What may be under any other key, or in any element. */
  rest: Value | null
  cls: ClassValue | null
  isList: boolean
  /** Fields that are declared to be numbers: what else the value carries does not hold for them. */
  numbers?: ReadonlySet<string>
}

export interface Closure {
  fn: Fn
  scope: Scope
  file: string
  self: Value | null
  cls: ClassValue | null
}

export interface ClassValue {
  cls: Cls
  scope: Scope
  file: string
  /** Names of its bases that are not ours. */
  outside: string[]
  bases: ClassValue[]
  statics: Heap
  instance: Value | null
}

/** An abstract value: everything that an expression may be, joined over all ways to it. */
export interface Value {
  taint: readonly Taint[]
  /** Names of things outside, such as `child_process.exec` or `express().get`. */
  refs: readonly string[]
  heap: readonly Heap[]
  fns: readonly Closure[]
  classes: readonly ClassValue[]
  /** Text with `\0` for what is not known; null where it is no text. */
  text: string | null
  constant?: string | number | boolean | null
}

export const unknown: Value = { taint: [], refs: [], heap: [], fns: [], classes: [], text: null }

const maxTaints = 6
const maxRefs = 4
const maxTargets = 8

function union<T>(a: readonly T[], b: readonly T[], limit: number): readonly T[] {
  if (b.length === 0 || a === b) return a
  if (a.length === 0) return b
  const out = [...a]
  for (const one of b) if (!out.includes(one)) out.push(one)
  return out.length > limit ? out.slice(0, limit) : out
}

/** Joins taints; the same source twice is only as safe as its less safe way. */
export function joinTaints(a: readonly Taint[], b: readonly Taint[]): readonly Taint[] {
  if (b.length === 0 || a === b) return a
  if (a.length === 0) return b
  const out = [...a]
  for (const one of b) {
    const index = out.findIndex((other) => other.source === one.source)
    const other = out[index]
    if (other === undefined) out.push(one)
    else if (other !== one)
      out[index] = {
        ...((other.clear & ~one.clear) === 0 ? other : one),
        clear: other.clear & one.clear,
        marks: other.marks & one.marks,
      }
  }
  return out.length > maxTaints ? out.slice(0, maxTaints) : out
}

/** What a value may be that is either of two. */
export function join(a: Value, b: Value): Value {
  if (a === b || b === unknown) return a
  if (a === unknown) return b
  const value: Value = {
    taint: joinTaints(a.taint, b.taint),
    refs: union(a.refs, b.refs, maxRefs),
    heap: union(a.heap, b.heap, maxTargets),
    fns: union(a.fns, b.fns, maxTargets),
    classes: union(a.classes, b.classes, maxTargets),
    text: a.text === b.text ? a.text : (a.text ?? b.text),
  }
  if (a.constant !== undefined && a.constant === b.constant) value.constant = a.constant
  return value
}

export const joinAll = (values: readonly Value[]): Value => values.reduce(join, unknown)

export const ofText = (text: string): Value => ({ ...unknown, text, constant: text })
export const ofRef = (ref: string): Value => ({ ...unknown, refs: [ref] })
export const ofHeap = (heap: Heap): Value => ({ ...unknown, heap: [heap] })
export const newHeap = (isList = false): Heap => ({ fields: new Map(), rest: null, cls: null, isList })

/** The value with other taints. */
export const withTaint = (value: Value, taint: readonly Taint[]): Value =>
  taint === value.taint ? value : { ...value, taint }

/** Only what a value carries of sources. */
export const onlyTaint = (taint: readonly Taint[]): Value =>
  taint.length === 0 ? unknown : { ...unknown, taint }

/** Marks taints as safe for kinds of sinks, and drops those that are safe for all. */
export function cleared(taint: readonly Taint[], bits: number): readonly Taint[] {
  if (taint.length === 0) return taint
  return taint.map((one) => ({ ...one, clear: one.clear | bits }))
}

export const marked = (taint: readonly Taint[], mark: number): readonly Taint[] =>
  taint.map((one) => ({ ...one, marks: one.marks | mark }))

/** All that a value carries, in its fields too, down to a depth. */
export function deepTaint(value: Value, depth = 3): readonly Taint[] {
  let out = value.taint
  if (depth === 0) return out
  for (const heap of value.heap) {
    for (const inner of heap.fields.values()) out = joinTaints(out, deepTaint(inner, depth - 1))
    if (heap.rest !== null) out = joinTaints(out, deepTaint(heap.rest, depth - 1))
  }
  return out
}
