import type { Kind } from './kinds.ts'
import type { Language } from '../ir/ir.ts'

/** Assignments that are sinks, or wrong in themselves where `constant` fits. */
export const sinkProperties: readonly {
  rule: string
  kind: Kind
  names: RegExp
  receiver?: RegExp
  constant?: RegExp
  language?: Language
}[] = [
  { rule: 'dom-xss', kind: 'xss', names: /^(?:innerHTML|outerHTML|srcdoc)$/, language: 'javascript' },
  {
    rule: 'open-redirect',
    kind: 'redirect',
    names: /^(?:href|location)$/,
    receiver: /(?:^|\.)location(?:\.href)?$/,
    language: 'javascript',
  },
  {
    rule: 'reflected-xss',
    kind: 'xss',
    names: /^body$/,
    receiver: /^(?:ctx|context)\.body$|^ctx\.response\.body$/,
    language: 'javascript',
  },
  { rule: 'disabled-tls', kind: 'secret', names: /^NODE_TLS_REJECT_UNAUTHORIZED$/, constant: /^0$/ },
  {
    rule: 'disabled-tls',
    kind: 'secret',
    names: /^verify$/,
    receiver: /session|requests|client|http|(?:^|\.)s\.verify/i,
    constant: /^false$/,
    language: 'python',
  },
  {
    rule: 'disabled-tls',
    kind: 'secret',
    names: /^check_hostname$/,
    constant: /^false$/,
    language: 'python',
  },
  { rule: 'disabled-tls', kind: 'secret', names: /^verify_mode$/, constant: /CERT_NONE/, language: 'python' },
  {
    rule: 'disabled-tls',
    kind: 'secret',
    names: /^_create_default_https_context$/,
    constant: /_create_unverified_context/,
    language: 'python',
  },
  {
    rule: 'error-exposure',
    kind: 'exposure',
    names: /^body$/,
    receiver: /^(?:ctx|context|c)(?:\.response)?\.body$/,
    language: 'javascript',
  },
  { rule: 'cors-reflected', kind: 'cors', names: /^Access-Control-Allow-Origin$/i },
  {
    rule: 'header-injection',
    kind: 'header',
    names: /^(?!(?:location|access-control-[\w-]+)$)(?:[a-z]+-[a-z-]+|Link|Refresh|Vary|ETag)$/i,
    receiver: /(?:^|[._])(?:res|resp|response|reply|r|headers|out|answer)\.[\w-]+$/i,
    language: 'python',
  },
  {
    rule: 'debug-mode',
    kind: 'secret',
    names: /^debug$/,
    receiver: /^(?:app|application|\w*app)\.debug$/,
    constant: /^true$/,
    language: 'python',
  },
]
