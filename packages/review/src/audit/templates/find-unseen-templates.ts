import type { Hit } from '../engine/machine.ts'
import { renderedTemplates } from '../engine/template-sinks.ts'
import type { Program } from '../engine/program.ts'

/** Names of what is markup on purpose, or made by the program. */
const markup =
  /html|markup|safe|render|body|content|svg|icon|css|style|script|json|csrf|token|block|schema|main|head|foot|nav|layout|page|form|field|widget|pagin|link|button|media|errors?$|csp|nonce|embed|markdown|\bmd\b|toc|summary$|excerpt$|super|slot|translat|label$|i18n/i

/**
 * Raw output of templates that no call is seen to render: only of fields of records (`comment.text`) whose name does not say that
 * they are markup.
 */
export function findUnseenTemplates(program: Program): Hit[] {
  const seen = renderedTemplates(program)
  return program.templates
    .filter((template) => !seen.has(template.path))
    .flatMap((template) =>
      template.raw
        .filter(
          (one) => one.path.length > 1 && !one.path.some((name) => markup.test(name)) && !/\(/.test(one.expr),
        )
        .map((one): Hit => ({
          rule: 'raw-output',
          file: template.path,
          at: one.at,
          taint: null,
          sink: one.expr,
        })),
    )
}
