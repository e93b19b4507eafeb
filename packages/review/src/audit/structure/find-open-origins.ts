import { writtenName, type Hit } from '../engine/machine.ts'
import type { Expr, Fn, Stmt } from '../ir/ir.ts'
import { optionIn, type Outline } from './outline.ts'
import { walkExpr } from './walk.ts'

const cors =
  /^(?:cors|@koa\/cors|koa2-cors|@fastify\/cors|fastify-cors|hono\/cors\.cors|cors\.default)$|\.(?:enableCors|register)$/

/** Functions that tell a CORS library about an origin, and say yes to each. */
export function findOpenOrigins(outlines: readonly Outline[]): Hit[] {
  return outlines.flatMap((outlined) =>
    outlined.calls.flatMap(({ expr, name, written }): Hit[] => {
      if (!cors.test(name) && !cors.test(written)) return []
      let origin = optionIn(expr, 'origin')
      if (origin === null) {
        const named = expr.args.map((arg) => writtenName(arg.value)).filter((one) => one !== null)
        const options = outlined.assignments.find((one) => named.includes(one.name))?.value
        if (options?.kind === 'object')
          origin = options.entries.find((one) => one.key === 'origin')?.value ?? null
      }
      const fn = origin?.kind === 'function' ? origin.fn : declared(outlined, origin)
      if (fn === null || !saysYes(fn)) return []
      return [
        {
          rule: 'cors-reflected',
          file: outlined.file.path,
          at: origin?.at ?? expr.at,
          taint: null,
          sink: 'origin',
        },
      ]
    }),
  )
}

function declared(outlined: Outline, origin: Expr | null): Fn | null {
  const name = origin === null ? null : writtenName(origin)
  return name === null ? null : (outlined.functions.find(({ fn }) => fn.name === name)?.fn ?? null)
}

/** The origin of a request, as `ctx.get('Origin')` or `req.headers.origin` gives it. */
const asked = (expr: Expr): boolean =>
  expr.kind === 'call'
    ? /(?:^|\.)(?:get|header)$/.test(writtenName(expr.callee) ?? '') &&
      expr.args[0]?.value.kind === 'literal' &&
      /^origin$/i.test(String(expr.args[0].value.value))
    : /\.headers?\.origin$/i.test(writtenName(expr) ?? '')

/** Whether a function gives true, or the origin itself, on a way that no condition stands in. */
function saysYes(fn: Fn): boolean {
  const [origin, callback] = fn.params.map((param) => param.name)
  const yes = (expr: Expr | null | undefined): boolean =>
    expr !== null &&
    expr !== undefined &&
    (asked(expr) ||
      (expr.kind === 'literal' && (expr.value === true || expr.value === '*')) ||
      (expr.kind === 'name' && expr.name === origin))
  const looks = (stmts: readonly Stmt[]): boolean => {
    for (const stmt of stmts) {
      if (stmt.kind === 'if' || stmt.kind === 'switch' || stmt.kind === 'throw') return false
      if (stmt.kind === 'block' && looks(stmt.body)) return true
      if (stmt.kind !== 'expr' && stmt.kind !== 'return') continue
      if (stmt.kind === 'return' && callback === undefined && yes(stmt.value)) return true
      let found = false
      if (stmt.value?.kind === 'call')
        walkExpr(stmt.value, {
          expr(one) {
            if (one.kind === 'call' && writtenName(one.callee) === callback && yes(one.args[1]?.value))
              found = true
          },
        })
      if (found) return true
    }
    return false
  }
  return looks(fn.body)
}
