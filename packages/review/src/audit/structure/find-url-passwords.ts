import type { Hit } from '../engine/machine.ts'
import type { Outline } from './outline.ts'
import { walk } from './walk.ts'

const withPassword = /^[a-z][a-z0-9+.-]*:\/\/([^\s:/@]+):([^\s:/@${}<>]{4,})@([^\s/:?#]+)/i
/** Passwords that say themselves that they are none, and machines of developers. */
const harmless =
  /^(?:pass(?:word)?|secret|root|admin|test|example|user|postgres|mysql|guest|changeme|x+|\*+|your.*|token)$/i
const nearby =
  /^(?:localhost|127\.|0\.0\.0\.0|\[|host\.docker|example\.|.*\.(?:example|test|invalid)(?:\.com)?$)/i

/** Addresses of stores and services with the password in them. */
export function findUrlPasswords(outlines: readonly Outline[]): Hit[] {
  return outlines.flatMap((outlined) => {
    const hits: Hit[] = []
    if (!/:\/\/[^\s:/@]+:[^\s:/@]+@/.test(outlined.file.text)) return hits
    walk(outlined.file.body, {
      expr(expr) {
        if (expr.kind !== 'literal' || typeof expr.value !== 'string') return
        const [, user = '', password = '', host = ''] = withPassword.exec(expr.value) ?? []
        if (password === '' || password === user || harmless.test(password) || nearby.test(host)) return
        hits.push({
          rule: 'hardcoded-secret',
          file: outlined.file.path,
          at: expr.at,
          taint: null,
          sink: `the address of ${host}`,
        })
      },
    })
    return hits
  })
}
