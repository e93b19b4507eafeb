import type { RawOutput, Template } from '../templates/read-template.ts'
import { counts } from './counts.ts'
import type { ArgValue, Frame, Machine } from './machine.ts'
import type { Program } from './program.ts'
import { deepTaint, join, ofRef, unknown, type Scope, type Value } from './value.ts'

const renders =
  /(?:^|\.)(?:render|view|render_template|TemplateResponse|render_to_string|renderFile|renderView|render_async|render_to_response)$/
const rendered = new WeakMap<Program, Set<string>>()

/** Paths of the templates that calls were seen to render. */
export const renderedTemplates = (program: Program): ReadonlySet<string> => rendered.get(program) ?? new Set()

const withoutEnding = (path: string): string => path.replace(/(?:\.html?)?\.\w+$/, '')

function templatesNamed(program: Program, name: string): Template[] {
  const plain = name.replace(/^\.?\//, '')
  return program.templates.filter(({ path }) => {
    const full = `/${path}`
    return (
      full.endsWith(`/${plain}`) ||
      withoutEnding(full).endsWith(`/${withoutEnding(plain)}`) ||
      withoutEnding(full).endsWith(`/${plain}`)
    )
  })
}

/** Values that a call gives to a template which puts them into the page as they are. */
export function checkTemplates(
  machine: Machine,
  receiver: Value | null,
  written: string | null,
  args: readonly ArgValue[],
  frame: Frame,
): void {
  if (written === null || !renders.test(written)) return
  const names = [
    ...args.flatMap((arg) => (typeof arg.value.constant === 'string' ? [arg.value.constant] : [])),
    ...(receiver?.refs.flatMap((ref) =>
      ref.startsWith('template:') ? [ref.slice('template:'.length)] : [],
    ) ?? []),
  ]
  const [name] = names
  if (name === undefined) return
  const seen = rendered.get(machine.program) ?? new Set()
  rendered.set(machine.program, seen)
  for (const template of templatesNamed(machine.program, name)) {
    seen.add(template.path)
    for (const output of template.raw) {
      const value = given(machine, output, args, frame)
      for (const one of deepTaint(value, 1))
        if (counts(one, 'xss') && one.source.category === 'user')
          machine.report({
            rule: 'raw-output',
            file: template.path,
            at: output.at,
            taint: one,
            sink: output.expr,
          })
    }
  }
}

function given(machine: Machine, { path }: RawOutput, args: readonly ArgValue[], frame: Frame): Value {
  const [root = '', ...rest] = path
  let value: Value = unknown
  for (const arg of args) {
    if (arg.name === root) value = join(value, arg.value)
    for (const heap of arg.value.heap) {
      const field = heap.fields.get(root) ?? heap.rest
      if (field !== undefined && field !== null) value = join(value, field)
    }
  }
  for (const name of rest) value = machine.member(value, name, frame, 0)
  return value
}

/** What the script of a component gives to its own template. */
export function checkComponent(machine: Machine, template: Template, scope: Scope): void {
  const frame: Frame = {
    scope,
    fn: null,
    file: template.path,
    result: unknown,
    self: null,
    cls: null,
    depth: 0,
    context: [],
    derived: new Map(),
    plainResponse: false,
  }
  for (const output of template.raw) {
    const [root = '', ...rest] = output.path
    let value = scope.find(root) ?? ofRef(root)
    for (const name of rest) value = machine.member(value, name, frame, output.at)
    for (const one of deepTaint(value, 1))
      if (counts(one, 'xss') && one.source.category === 'user')
        machine.report({
          rule: 'raw-output',
          file: template.path,
          at: output.at,
          taint: one,
          sink: output.expr,
        })
  }
}
