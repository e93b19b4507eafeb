import { writtenName } from '../engine/machine.ts'
import { receivers } from '../models/receivers.ts'
import type { Expr } from '../ir/ir.ts'
import { bodyOf, optionIn, textIn, type Outline } from './outline.ts'

/** A way into a program over HTTP. */
export interface Route {
  outline: Outline
  /** What routes stand together in: a router, a controller, a module. */
  group: string
  method: 'read' | 'write'
  path: string
  /** Names of what runs before the handler, and of decorators. */
  guards: string[]
  /** Text of the handler, where it is seen. */
  body: string
  name: string
  at: number
}

const written = (expr: Expr): string[] => {
  switch (expr.kind) {
    case 'call':
      return [writtenName(expr.callee) ?? '', ...expr.args.flatMap((arg) => written(arg.value))]
    case 'array':
      return expr.items.flatMap(written)
    case 'object':
      return expr.entries.flatMap((entry) => [entry.key ?? '', ...written(entry.value)])
    case 'spread':
      return written(expr.value)
    case 'literal':
      return typeof expr.value === 'string' ? [expr.value] : []
    case 'function':
      return []
    default:
      return [writtenName(expr) ?? '']
  }
}

/** Names that an expression refers to, such as those of a list of middleware. */
export const namesIn = written

const verb = /^(?:get|post|put|patch|delete|del|all)$/

function inlineBody(outlined: Outline, handler: Expr | undefined): string {
  if (handler?.kind === 'function') return bodyOf(outlined, handler.fn)
  const name = handler === undefined ? null : writtenName(handler)
  const declared = outlined.functions.find(({ fn }) => fn.name !== '' && fn.name === name)
  return declared === undefined ? '' : bodyOf(outlined, declared.fn)
}

function javascriptRoutes(outlined: Outline): Route[] {
  const routes: Route[] = []
  const routers = new Set(
    outlined.assignments
      .filter(
        ({ value }) =>
          value.kind === 'call' &&
          /(?:^|\.)(?:Router|express|fastify|Fastify|Hono|polka)$/.test(writtenName(value.callee) ?? ''),
      )
      .map((one) => one.name),
  )
  for (const { expr, written: name, fn } of outlined.calls) {
    if (expr.callee.kind !== 'member') continue
    const method = expr.callee.name
    const receiver = writtenName(expr.callee.object) ?? ''
    if (
      !(receivers['$app']?.test(receiver) ?? false) &&
      !receiver.includes('.route()') &&
      !routers.has(receiver)
    )
      continue
    if (method === 'route' && expr.args[0]?.value.kind === 'object') {
      const verbs = optionIn(expr, 'method')
      const text = verbs === null ? '' : written(verbs).join()
      routes.push({
        outline: outlined,
        group: receiver,
        method: /POST|PUT|PATCH|DELETE/i.test(text) ? 'write' : 'read',
        path: textIn(optionIn(expr, 'url') ?? optionIn(expr, 'path')) ?? '',
        guards: ['preHandler', 'onRequest', 'preValidation', 'options', 'config'].flatMap((key) => {
          const hook = optionIn(expr, key)
          return hook === null ? [] : written(hook)
        }),
        body: inlineBody(outlined, optionIn(expr, 'handler') ?? undefined),
        name: fn?.name ?? '',
        at: expr.at,
      })
      continue
    }
    if (!verb.test(method)) continue
    const chained = receiver.includes('.route()')
    const path = textIn(expr.args[0]?.value)
    if (!chained && (path === null || !/^[/*]|^$/.test(path))) continue
    const rest = (chained ? expr.args : expr.args.slice(1)).map((arg) => arg.value)
    const handler = rest.at(-1)
    if (handler === undefined || handler.kind === 'literal' || handler.kind === 'object') continue
    routes.push({
      outline: outlined,
      group: receiver.replace(/\.route\(\).*$/, ''),
      method: method === 'get' ? 'read' : 'write',
      path: path ?? routeOf(expr.callee.object),
      guards: [
        ...rest.slice(0, -1).flatMap(written),
        // `asyncHandler(async (req, res) => …)` is the handler; `protect(handler)` is a guard.
        ...(handler.kind === 'call' ? [writtenName(handler.callee) ?? ''] : []),
      ],
      body: inlineBody(
        outlined,
        handler.kind === 'call' ? handler.args.find((arg) => arg.value.kind === 'function')?.value : handler,
      ),
      name,
      at: expr.at,
    })
  }
  return routes
}

const routeOf = (expr: Expr): string =>
  expr.kind !== 'call'
    ? ''
    : (textIn(expr.args[0]?.value) ?? (expr.callee.kind === 'member' ? routeOf(expr.callee.object) : ''))

const decoratorName = (decorator: Expr): string =>
  writtenName(decorator.kind === 'call' ? decorator.callee : decorator) ?? ''

function nestRoutes(outlined: Outline): Route[] {
  return outlined.classes.flatMap((cls) => {
    const controller = cls.decorators.find((one) => /^(?:Controller|Resolver)$/.test(decoratorName(one)))
    if (controller === undefined) return []
    return cls.methods.flatMap((fn): Route[] => {
      const route = fn.decorators.find((one) =>
        /^(?:Get|Post|Put|Patch|Delete|All|Mutation)$/.test(decoratorName(one)),
      )
      if (route === undefined) return []
      return [
        {
          outline: outlined,
          group: cls.name,
          method: decoratorName(route) === 'Get' ? 'read' : 'write',
          path: [controller, route]
            .map((one) => (one.kind === 'call' ? (textIn(one.args[0]?.value) ?? '') : ''))
            .join('/'),
          guards: [...cls.decorators, ...fn.decorators].flatMap(written),
          body: bodyOf(outlined, fn),
          name: fn.name,
          at: fn.at,
        },
      ]
    })
  })
}

const depends = (expr: Expr | undefined): string[] =>
  expr?.kind === 'call' && /(?:^|\.)(?:Depends|Security)$/.test(writtenName(expr.callee) ?? '')
    ? written(expr).slice(1)
    : []

function pythonRoutes(outlined: Outline): Route[] {
  const django = [...outlined.imports.values()].some((one) => /^(?:django|rest_framework)\b/.test(one.module))
  return outlined.functions.flatMap(({ fn, cls }): Route[] => {
    const route = fn.decorators.find((one) =>
      /\.(?:route|get|post|put|patch|delete|api_route)$/.test(decoratorName(one)),
    )
    const others = fn.decorators.filter((one) => one !== route).flatMap(written)
    if (route?.kind === 'call') {
      const method = decoratorName(route).split('.').at(-1) ?? ''
      const methods = optionIn(route, 'methods')
      const writes =
        /^(?:post|put|patch|delete)$/.test(method) ||
        (methods !== null && /POST|PUT|PATCH|DELETE/.test(written(methods).join()))
      const dependencies = optionIn(route, 'dependencies')
      return [
        {
          outline: outlined,
          group: decoratorName(route).replace(/\.\w+$/, ''),
          method: writes ? 'write' : 'read',
          path: textIn(route.args[0]?.value) ?? '',
          guards: [
            ...others,
            ...(dependencies === null ? [] : written(dependencies)),
            ...fn.params.flatMap((param) => [
              ...depends(param.fallback),
              ...param.decorators.flatMap(depends),
              // `user: CurrentUser` is a dependency given a name.
              ...(param.type === undefined ? [] : [writtenName(param.type) ?? '']).filter((name) =>
                /User|Auth|Principal|Identity/.test(name),
              ),
            ]),
          ],
          body: bodyOf(outlined, fn),
          name: fn.name,
          at: fn.at,
        },
      ]
    }
    if (!django || cls !== null || fn.params[0]?.name !== 'request') return []
    const body = bodyOf(outlined, fn)
    const verbs = others.join()
    return [
      {
        outline: outlined,
        group: 'views',
        method:
          /require_POST|POST|PUT|PATCH|DELETE/.test(verbs) ||
          /request\.POST|request\.method\s*==\s*['"]POST|\.delete\(\)|\.save\(\)/.test(body)
            ? 'write'
            : 'read',
        path: fn.name,
        guards: others,
        body,
        name: fn.name,
        at: fn.at,
      },
    ]
  })
}

/** The routes of a file, as far as its text shows them. */
export function routesOf(outlined: Outline): Route[] {
  return outlined.file.language === 'python'
    ? pythonRoutes(outlined)
    : [...javascriptRoutes(outlined), ...nestRoutes(outlined)]
}
