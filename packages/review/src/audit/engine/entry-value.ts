import type { Expr, Param } from '../ir/ir.ts'
import { everything } from '../models/kinds.ts'
import {
  inputDecorator,
  requestDecorator,
  responseDecorator,
  roleOfParam,
  safePipe,
  safeType,
  untrustedName,
} from '../models/roles.ts'
import { isErrorParam } from './entries.ts'
import { errorValue } from './error-value.ts'
import { writtenName, type Machine } from './machine.ts'
import { withNumbers } from './records.ts'
import { ofRef, unknown, type Closure, type Value } from './value.ts'

/**
 * What a parameter is when the framework, or somebody we do not see, calls the function. `route`: a framework fills all of its
 * parameters in; `typed`: an instance of a declared type.
 */
export function entryValue(
  machine: Machine,
  closure: Closure,
  param: Param,
  route: boolean,
  typed: (type: Expr) => Value,
): Value {
  const { fn } = closure
  const role = roleOfParam(param)
  const type =
    param.type?.kind === 'name' ? param.type.name : param.type?.kind === 'member' ? param.type.name : ''
  const source = (category: 'user' | 'param' | 'error', label: string, clear = 0): Value => {
    const at = param.target.at
    return {
      ...unknown,
      taint: [
        {
          source: { category, label, file: closure.file, at, fn },
          last: { file: closure.file, at, what: label, before: null },
          clear,
          marks: type === 'string' || type === 'str' ? 2 : 0,
        },
      ],
    }
  }
  for (const decorator of param.decorators) {
    const name = (decorator.kind === 'call' ? writtenName(decorator.callee) : writtenName(decorator)) ?? ''
    const pipes =
      decorator.kind === 'call'
        ? decorator.args.map(
            (arg) =>
              writtenName(arg.value) ??
              (arg.value.kind === 'call' ? (writtenName(arg.value.callee) ?? '') : ''),
          )
        : []
    if (inputDecorator.test(name))
      return pipes.some((pipe) => safePipe.test(pipe.replace('()', ''))) || safeType.test(type)
        ? source('user', `request ${name.toLowerCase()}`, everything)
        : source('user', `request ${name.toLowerCase()}`)
    if (requestDecorator.test(name)) return ofRef('web.req')
    if (responseDecorator.test(name)) return ofRef('web.res')
  }
  const python = machine.program.files.get(closure.file)?.language === 'python'
  if (isErrorParam(fn, param, python)) return errorValue(machine, closure.file, param.target.at)
  if (python && role === 'web.ctx' && closure.cls === null) return ofRef('py.context')
  if (
    !python &&
    /^(?:loader|action|load|getServerSideProps)$/.test(fn.name) &&
    fn.params[0] === param &&
    fn.params.length <= 2
  )
    return ofRef('web.req')
  if (role !== null && (!python || role === 'web.req')) return ofRef(python ? 'py.request' : role)
  if (route) {
    if (safeType.test(type)) return source('user', `request parameter ${param.name ?? ''}`, everything)
    if (
      param.fallback?.kind === 'call' &&
      /Depends|Security/.test(writtenName(param.fallback.callee) ?? '') &&
      param.fallback.args.length > 0
    )
      return unknown
    if (/^(?:Session|AsyncSession|BackgroundTasks|Response|Depends|WebSocket)$/.test(type))
      return typed(param.type ?? { kind: 'name', name: type, at: 0 })
    return withNumbers(
      source('user', `request parameter ${param.name ?? ''}`),
      param.type === undefined ? undefined : closure.scope.find(type)?.classes[0],
    )
  }
  if (param.name !== null && untrustedName.test(param.name)) return source('user', `parameter ${param.name}`)
  if (param.type !== undefined) {
    if (safeType.test(type)) return unknown
    const value = typed(param.type)
    if (value.heap.length > 0 || value.refs.length > 0) return value
  }
  if (param.name !== null && /^(?:event)$/.test(param.name))
    return ofRef(/handler/i.test(fn.name) ? 'web.event' : 'event')
  return param.name === 'self' || param.name === 'cls'
    ? unknown
    : source('param', `parameter ${param.name ?? ''}`)
}
