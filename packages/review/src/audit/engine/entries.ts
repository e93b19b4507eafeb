import type { Fn, Param } from '../ir/ir.ts'
import { roleOfParam } from '../models/roles.ts'
import { writtenName } from './machine.ts'
import type { ClassValue, Closure, Scope } from './value.ts'

const errorName = /^_?(?:err|error|e|ex|exc|exception|failure)$/i

/** Whether a parameter is an error that a framework hands to its handler of errors. */
export function isErrorParam(fn: Fn, param: Param, python: boolean): boolean {
  const index = fn.params.indexOf(param)
  if (python)
    return (
      errorName.test(param.name ?? '') &&
      fn.decorators.some((decorator) => {
        if (decorator.kind !== 'call') return false
        if (
          !/(?:^|\.)(?:errorhandler|app_errorhandler|exception_handler)$/.test(
            writtenName(decorator.callee) ?? '',
          )
        )
          return false
        const [of] = decorator.args
        return (
          of === undefined ||
          /^(?:Exception|BaseException)$/.test(writtenName(of.value) ?? '') ||
          (of.value.kind === 'literal' && of.value.value === 500)
        )
      })
    )
  const next = fn.params[index + 1]
  if (index === 0 && next !== undefined && fn.params.length >= 3 && fn.params.length <= 4)
    return errorName.test(param.name ?? '') && roleOfParam(next) === 'web.req'
  // `catch(exception, host)` of a filter of Nest.
  return (
    index === 0 && fn.name === 'catch' && fn.params.length === 2 && /host/i.test(fn.params[1]?.name ?? '')
  )
}

/** Whether a function of Python is a view of Django: what follows the request are parts of the path. */
export function isDjangoView(closure: Closure, module: Scope | null): boolean {
  const params = closure.cls === null ? closure.fn.params : closure.fn.params.slice(1)
  if (params[0]?.name !== 'request' || module === null) return false
  if (
    closure.cls !== null &&
    !/^(?:get|post|put|patch|delete|dispatch|retrieve|list|create|update|destroy|partial_update)$/.test(
      closure.fn.name,
    )
  )
    return false
  for (const value of module.variables.values())
    if (value.refs.some((ref) => /^(?:django|rest_framework)\b/.test(ref))) return true
  return false
}

/** One name for the ways to write a module of Node. */
export const canonical = (specifier: string): string =>
  specifier
    .replace(/^node:/, '')
    .replace(/^(lodash|ramda|validator)\/(?:lib\/|fp\/)?(\w+)(?:\.js)?$/, '$1.$2')
    .replace(/^fs\/promises$/, 'fs.promises')
    .replace(/^path\/posix$/, 'path.posix')

/** Whether a class is a view of a framework, whose instances know the request. */
export const isView = (cls: ClassValue): boolean =>
  cls.outside.some((ref) => /View(?:Set)?$|RequestHandler$|Mixin$/.test(ref)) || cls.bases.some(isView)
