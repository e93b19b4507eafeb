import type { Hit } from '../engine/machine.ts'
import { optionIn, textIn, type Outline } from './outline.ts'
import { routesOf } from './routes.ts'

const protection =
  /csrf|xsrf|csurf|lusca|double-?submit|sec-fetch-site|helmet-csrf|\borigin\b[^\n]{0,40}(?:!==|===|includes|has\()/i

/** Sessions in cookies of programs that take forms and never ask for a token. */
export function findForgeableSessions(outlines: readonly Outline[]): Hit[] {
  const used = (one: Outline) => one.code.replace(/^\s*(?:import\b|from\b|const\b[^\n]*\brequire\().*$/gm, '')
  if (outlines.some((one) => protection.test(used(one)))) return []
  const javascript = outlines.filter((one) => one.file.language === 'javascript')
  const python = outlines.filter((one) => one.file.language === 'python')
  return [...expressSessions(javascript), ...flaskSessions(python)]
}

function expressSessions(outlines: readonly Outline[]): Hit[] {
  const forms = outlines.some((one) =>
    one.calls.some(({ written }) => /(?:^|\.)(?:urlencoded|formbody)$|koaBody|bodyParser/.test(written)),
  )
  const writes = outlines.some((one) => routesOf(one).some((route) => route.method === 'write'))
  if (!forms || !writes) return []
  return outlines.flatMap((outlined) =>
    outlined.calls.flatMap(({ expr, name }): Hit[] => {
      if (!/^(?:express-session|cookie-session|koa-session|@fastify\/session)(?:\.default)?$/.test(name))
        return []
      const cookie = optionIn(expr, 'cookie')
      const sameSite =
        optionIn(expr, 'sameSite') ??
        (cookie?.kind === 'object'
          ? (cookie.entries.find((one) => one.key === 'sameSite')?.value ?? null)
          : null)
      if (sameSite !== null && !/^none$/i.test(textIn(sameSite) ?? '')) return []
      return [{ rule: 'csrf-missing', file: outlined.file.path, at: expr.at, taint: null, sink: name }]
    }),
  )
}

function flaskSessions(outlines: readonly Outline[]): Hit[] {
  if (outlines.some((one) => /SAMESITE|\bREST|flask_jwt|jwt_required|Bearer/i.test(one.code))) return []
  const flask = outlines.some((one) => [...one.imports.values()].some(({ module }) => module === 'flask'))
  if (!flask) return []
  return outlines.flatMap((outlined) =>
    routesOf(outlined)
      .filter(
        (route) =>
          route.method === 'write' &&
          /request\.form/.test(route.body) &&
          /\bsession(?:\[|\.get)|current_user/.test(route.body) &&
          !/log_?in|sign_?in|register/i.test(`${route.name} ${route.path}`),
      )
      .map((route): Hit => ({
        rule: 'csrf-missing',
        file: outlined.file.path,
        at: route.at,
        taint: null,
        sink: route.name,
      })),
  )
}
