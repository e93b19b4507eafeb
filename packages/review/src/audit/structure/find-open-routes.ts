import type { Hit } from '../engine/machine.ts'
import { writtenName } from '../engine/machine.ts'
import type { Program } from '../engine/program.ts'
import { optionIn, type Outline } from './outline.ts'
import { namesIn, routesOf, type Route } from './routes.ts'

const guard =
  /auth(?!or(?!iz)|Rout|Contr)|log(?:ged)?_?in|signed_?in|jwt|protect|guard|admin|role|permission|passport|(?:require|ensure|verify|check|is|must_?be|with|current|get|only)_?(?:active_?)?_?(?:user|staff|member|owner|session|token|scope|superuser|manager)|restrict|\bacl\b|\bcan[A-Z_]|api_?key|bearer|user_passes_test|Roles|IsAuthenticated|principal|identity/i
const rolesOnly = /admin|role|permission|staff|superuser|scope|acl|policy|manager|authori[sz]/i
const openPath =
  /log_?-?(?:in|out)|sign_?-?(?:in|up|out)|register|auth|token|oauth|callback|hook|health|ready|live|status|metrics|ping|public|forgot|reset|verify|confirm|activate|contact|subscribe|newsletter|csp|password|session|captcha|search|track|webhook|feedback|echo|graphql|preview|refresh|otp|invite|checkout|cart/i
const selfMade =
  /\b(?:req|request|ctx|c|context|info)\.(?:user\b|session|auth|isAuthenticated|currentUser|state\.user|headers\.authorization|locals\.user)|\brequest\.user|authorization|signature|hmac|authenticate|authori[sz]e|api_?key|getServerSession|getSession|\bauth\(|current_?user|permission|\btoken\b|\bsession(?:\[|\.get|\.user)|raise_for_role|verify_/i
const sensitivePath = /(?:^|\/)(?:admin|internal|manage|backoffice|debug|maintenance|superuser)\b/i

const guarded = (route: Route): boolean =>
  route.guards.some((name) => guard.test(name) && !/csrf|rate|limit/i.test(name)) || selfMade.test(route.body)

/** Whether something in front of all routes of a file asks who is there. */
function behindGuard(route: Route, outlines: readonly Outline[], program: Program): boolean {
  const { file } = route.outline
  for (const outlined of outlines) {
    const here = outlined === route.outline
    if (
      /\bAPP_GUARD\b|useGlobalGuards|DEFAULT_PERMISSION_CLASSES|LoginRequiredMiddleware/.test(outlined.code)
    )
      return true
    for (const { expr, written } of outlined.calls) {
      const method = written.split('.').at(-1) ?? ''
      if (/^(?:use|all|register)$/.test(method)) {
        const names = expr.args.flatMap((arg) => namesIn(arg.value))
        if (!names.some((name) => guard.test(name) && !/router|routes|controller|\bcsrf/i.test(name)))
          continue
        const [first] = expr.args
        const path = first?.value.kind === 'literal' ? String(first.value.value) : null
        if (here && (path === null || route.path.startsWith(path))) return true
        if (path === null && !here && expr.args.length === 1) return true
        const mounts = names.some((name) => {
          const from = outlined.imports.get(name.split('.')[0] ?? '')
          return from !== undefined && program.resolve(from.module, outlined.file.path) === file.path
        })
        if (mounts) return true
      }
      if (method === 'addHook' && guard.test(outlined.code)) return true
      if (
        /(?:^|\.)(?:FastAPI|include_router)$/.test(written) ||
        (here && /(?:^|\.)APIRouter$/.test(written))
      ) {
        const dependencies = optionIn(expr, 'dependencies')
        if (dependencies !== null && namesIn(dependencies).some((name) => guard.test(name))) return true
      }
    }
    if (here || /(?:^|\W)app\.before_request/.test(outlined.code))
      for (const { fn } of outlined.functions)
        if (
          fn.decorators.some((one) =>
            /before_(?:app_)?request$/.test(writtenName(one.kind === 'call' ? one.callee : one) ?? ''),
          )
        )
          return true
  }
  return false
}

/** Whether anything asks who is there before a route does its work. */
export const isProtected = (route: Route, outlines: readonly Outline[], program: Program): boolean =>
  guarded(route) || behindGuard(route, outlines, program)

function openViews(outlined: Outline): Hit[] {
  return outlined.classes.flatMap((cls): Hit[] => {
    const bases = cls.bases.map((base) => writtenName(base) ?? '').join(' ')
    if (!/ViewSet|APIView|Generic\w*View/.test(bases) || /ReadOnly|ListAPIView|RetrieveAPIView/.test(bases))
      return []
    if (openPath.test(cls.name)) return []
    const field = cls.fields.find((one) => one.name === 'permission_classes')
    if (field?.value?.kind !== 'array') return []
    const names = field.value.items.flatMap(namesIn)
    if (names.length > 0 && !names.some((name) => /(?:^|\.)AllowAny$/.test(name))) return []
    return [
      { rule: 'missing-authentication', file: outlined.file.path, at: field.at, taint: null, sink: cls.name },
    ]
  })
}

/**
 * Routes that change something and that nothing stands in front of, although the routes beside them are protected; and routes of
 * administration that nothing protects at all.
 */
export function findOpenRoutes(outlines: readonly Outline[], program: Program): Hit[] {
  const hits: Hit[] = []
  for (const outlined of outlines) {
    hits.push(...openViews(outlined))
    const groups = Map.groupBy(routesOf(outlined), (route) => route.group)
    for (const routes of groups.values()) {
      const protectedOnes = routes.filter(guarded)
      for (const route of routes) {
        if (
          guarded(route) ||
          route.guards.some((name) => /(?:^|\.)(?:Public|AllowAny|SkipAuth|csrf_exempt)$/.test(name))
        )
          continue
        const name = `${route.path} ${route.name}`
        const sensitive = sensitivePath.test(route.path)
        const beside = protectedOnes.length > 0 && route.method === 'write' && !openPath.test(name)
        if (!beside && !(sensitive && !/login|health/i.test(name))) continue
        if (behindGuard(route, outlines, program)) continue
        const roles = protectedOnes.some((one) => one.guards.some((two) => rolesOnly.test(two)))
        hits.push({
          rule: roles ? 'missing-authorization' : 'missing-authentication',
          file: outlined.file.path,
          at: route.at,
          taint: null,
          sink: route.path === '' ? route.name : route.path,
        })
      }
    }
  }
  return hits
}
