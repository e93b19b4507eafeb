import type { Hit } from '../engine/machine.ts'
import type { Expr } from '../ir/ir.ts'
import { optionIn, type Outline } from './outline.ts'
import { walkExpr } from './walk.ts'

const serves =
  /^(?:express\.static|koa-static|koa-send|serve-static|serve-index|sirv|serve-handler)(?:\.default)?$/

/** Folders that are served although the program itself stands in them. */
export function findExposedFolders(outlines: readonly Outline[]): Hit[] {
  return outlines.flatMap((outlined) =>
    outlined.calls.flatMap(({ expr, name, written }): Hit[] => {
      const folder = serves.test(name)
        ? expr.args[0]?.value
        : written.endsWith('.register') && /fastify\/static|fastify-static/.test(outlined.code)
          ? optionIn(expr, 'root')
          : null
      if (folder === undefined || folder === null || !isProgram(outlined, folder)) return []
      return [{ rule: 'exposed-folder', file: outlined.file.path, at: expr.at, taint: null, sink: written }]
    }),
  )
}

/** Whether an expression is the folder of the program or one above it: nothing in it names a folder below. */
function isProgram(outlined: Outline, folder: Expr): boolean {
  let named = false
  let place = false
  const visit = (expr: Expr, depth: number): void =>
    walkExpr(expr, {
      expr(one) {
        if (one.kind === 'literal') {
          if (/^(?:\.{1,2}\/?)*$|^\/$/.test(String(one.value))) place ||= one.value !== ''
          else named = true
        } else if (one.kind === 'name' && !outlined.imports.has(one.name)) {
          const known = outlined.assignments.find((two) => two.name === one.name)
          if (one.name === '__dirname') place = true
          else if (known !== undefined && depth > 0) visit(known.value, depth - 1)
          else if (!/^(?:path|process|join|resolve|fileURLToPath|dirname|URL|url)$/.test(one.name))
            named = true
        } else if (one.kind === 'member') {
          if (/^(?:cwd|dirname)$/.test(one.name)) place = true
          else if (!/^(?:join|resolve|normalize|meta|url)$/.test(one.name)) named = true
        }
      },
    })
  visit(folder, 2)
  return place && !named
}
