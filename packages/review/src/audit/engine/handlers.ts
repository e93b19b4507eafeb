import type { Expr, Fn } from '../ir/ir.ts'
import { splitName } from '../models/match-callee.ts'
import { receivers } from '../models/receivers.ts'
import { roleOfParam, type Role } from '../models/roles.ts'
import { errorValue } from './error-value.ts'
import { type ArgValue, type Frame, type Machine } from './machine.ts'
import { ofRef, unknown, type Closure, type Value } from './value.ts'

const verbs =
  /^(?:get|post|put|patch|delete|del|all|use|head|options|route|register|on|ws|param|handle|add_url_rule|addHook|setErrorHandler|setNotFoundHandler|onError)$/

/** The value of a parameter that a framework fills in. */
const roleValue = (role: Role): Value => ofRef(role)

function rolesByPosition(fn: Fn, refs: readonly string[]): (Role | 'error' | null)[] {
  const named: (Role | 'error' | null)[] = fn.params.map((param) => roleOfParam(param))
  const count = fn.params.length
  const framework = refs.join(' ')
  if (/(?:setErrorHandler)$/.test(framework)) return ['error', 'web.req', 'web.res']
  if (/(?:onError)$/.test(framework) && count === 2) return ['error', 'web.ctx']
  if (/\bkoa\b|koa-router|@koa/.test(framework)) return ['web.ctx', null]
  if (/\bhono\b/i.test(framework)) return ['web.ctx', null]
  // `({ body }, reply) => …`: what is taken apart before a response is the request.
  if (named[1] === 'web.res' && named[0] === null && fn.params[0]?.name === null) named[0] = 'web.req'
  if (named.some((role) => role !== null))
    return count === 4 && named[0] === null ? ['error', ...named.slice(1)] : named
  if (count >= 4) return ['error', 'web.req', 'web.res', null]
  return count === 1 && framework.startsWith('express') === false && framework === ''
    ? named
    : ['web.req', 'web.res', null]
}

/** Runs the functions that a call registers with a framework as what they will be called as. */
export function registerHandlers(
  machine: Machine,
  callee: Value,
  written: string | null,
  args: readonly ArgValue[],
  frame: Frame,
  expr: Expr,
): void {
  if (written === null) return
  const [receiver, method] = splitName(written)
  if (method === 'action' && callee.refs.some((ref) => /^(?:commander|cac|sade|yargs|@oclif)/.test(ref))) {
    for (const closure of args.flatMap((arg) => arg.value.fns)) {
      const at = closure.fn.at
      const source = machine.models.sourceTaint('process.argv', closure.file, at) ?? unknown
      machine.invoke(
        closure,
        closure.fn.params.map(() => ({ value: source, expr: null })),
        frame,
        expr.at,
      )
    }
    return
  }
  if (listens(machine, receiver, method, args, frame, expr)) return
  if (/^(?:query|mutation|subscription)$/.test(method) && /rocedure|\.input\(\)/.test(receiver)) {
    for (const closure of args.flatMap((arg) => arg.value.fns))
      machine.invoke(closure, [{ value: roleValue('web.ctx'), expr: null }], frame, expr.at)
    return
  }
  if (!verbs.test(method)) {
    if (!/^(?:http|https|http2)\.createServer$/.test(callee.refs[0] ?? '')) return
  } else {
    const origins = callee.refs.map((ref) => splitName(ref)[0])
    const app = receivers['$app']
    if (
      app === undefined ||
      !(
        app.test(receiver) ||
        origins.some((origin) => app.test(origin)) ||
        receiver.endsWith('.route()') ||
        receiver.endsWith(')')
      )
    )
      return
  }
  const closures = (value: Value, depth: number): Closure[] => [
    ...value.fns,
    ...(depth === 0
      ? []
      : value.heap.flatMap((heap) =>
          [...heap.fields.values(), ...(heap.rest === null ? [] : [heap.rest])].flatMap((inner) =>
            closures(inner, depth - 1),
          ),
        )),
  ]
  for (const arg of args)
    for (const closure of closures(arg.value, 1)) {
      const roles = rolesByPosition(closure.fn, callee.refs)
      if (!roles.some((role) => role !== null)) continue
      machine.handlers.add(closure.fn)
      machine.invoke(
        closure,
        roles.map((role) => ({
          value:
            role === null
              ? unknown
              : role === 'error'
                ? errorValue(machine, closure.file, closure.fn.at)
                : roleValue(role),
          expr: null,
        })),
        frame,
        expr.at,
      )
    }
}

const sockets = /(?:^|[._])(?:socket|ws|websocket|conn(?:ection)?|peer)$/i
const ownEvents = /^(?:error|close|end|open|connect|connection|disconnect|drain|finish|ready|exit|listening)$/

/** Events: what comes over a socket was sent by a stranger, what is emitted comes from who emits it. */
function listens(
  machine: Machine,
  receiver: string,
  method: string,
  args: readonly ArgValue[],
  frame: Frame,
  expr: Expr,
): boolean {
  const [first, ...rest] = args
  const event = first?.value.constant
  if (typeof event !== 'string') return false
  if (/^(?:on|once|addListener)$/.test(method)) {
    const closures = rest.flatMap((arg) => arg.value.fns)
    if (closures.length === 0) return false
    if (sockets.test(receiver) && !ownEvents.test(event)) {
      for (const closure of closures) {
        const given = machine.models.sourceTaint('web.input', closure.file, closure.fn.at) ?? unknown
        machine.invoke(
          closure,
          closure.fn.params.map(() => ({ value: given, expr: null })),
          frame,
          expr.at,
        )
      }
      return true
    }
    if (ownEvents.test(event) || /^(?:data|message|request)$/.test(event)) return false
    const known = machine.listeners.get(event) ?? []
    if (known.length < 8) machine.listeners.set(event, [...known, ...closures])
    return false
  }
  if (method !== 'emit') return false
  for (const closure of machine.listeners.get(event) ?? [])
    machine.invoke(
      closure,
      rest.map((arg) => ({ value: arg.value, expr: null })),
      frame,
      expr.at,
    )
  return false
}
