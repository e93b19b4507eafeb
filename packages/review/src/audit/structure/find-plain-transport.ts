import type { Hit } from '../engine/machine.ts'
import type { Expr } from '../ir/ir.ts'
import { bodyOf, ingredients, optionIn, type Outline } from './outline.ts'

const secret =
  /passw(?:or)?d|passwd|\bpwd\b|\btoken\b|secret|credential|authorization|api_?key|card_?number|\bcvv\b|\bssn\b|\bpin\b|\bauth\b/i
/** Addresses of this machine, of a container beside it, and those that only name something. */
const near =
  /^(?:http|ws):\/\/(?:localhost|127\.|0\.0\.0\.0|\[::1\]|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|host\.docker|[\w-]+(?::\d+)?(?:\/|$)|(?:www\.)?w3\.org|schemas?\.|xmlns|example\.(?:com|org)\/?$)/i
const client =
  /(?:^|\.)(?:axios|got|fetch|ky|needle|superagent|request|requests|httpx|urllib\.request|aiohttp|urllib3|undici)(?:\(\))?(?:$|\.)|\.(?:post|put|get|patch|request|create|extend|AsyncClient|Client|ClientSession|Request|urlopen)(?:\(\))?$|^(?:fetch|axios|got|WebSocket|ws)$/

/** Passwords and tokens that travel without encryption. */
export function findPlainTransport(outlines: readonly Outline[]): Hit[] {
  return outlines.flatMap((outlined) => outlined.calls.flatMap((call) => plainCall(outlined, call)))
}

function plainCall(outlined: Outline, { expr, name, written, fn }: Outline['calls'][number]): Hit[] {
  const hit = [{ rule: 'plain-transport', file: outlined.file.path, at: expr.at, taint: null, sink: written }]
  if (outlined.file.language === 'python') {
    if (/^(?:ftplib\.FTP|telnetlib\.Telnet)$/.test(name)) return hit
    if (written.endsWith('.login') && expr.args.length >= 2 && fn !== null) {
      const body = bodyOf(outlined, fn)
      if (/smtplib\.SMTP\(|\bSMTP\(/.test(body) && !/starttls|SMTP_SSL/.test(body)) return hit
    }
    if (
      written.endsWith('simple_bind_s') &&
      /['"]ldap:\/\//.test(outlined.code) &&
      !/start_tls/.test(outlined.code)
    )
      return hit
  } else if (/^nodemailer\.createTransport$/.test(name)) {
    const off = optionIn(expr, 'ignoreTLS')
    if (off?.kind === 'literal' && off.value === true) return hit
  }
  if (!client.test(name) && !client.test(written)) return []
  const [first] = expr.args
  const address = [
    first?.value,
    ...['url', 'uri', 'baseURL', 'base_url', 'prefixUrl', 'hostname'].map((key) => optionIn(expr, key)),
  ].filter((one) => one !== undefined && one !== null)
  const plain = address.some((one) =>
    ingredients(outlined, one, fn).some((text) => /^(?:http|ws):\/\//i.test(text) && !near.test(text)),
  )
  if (!plain) return []
  const base = optionIn(expr, 'baseURL') ?? optionIn(expr, 'base_url') ?? optionIn(expr, 'prefixUrl')
  // Who gets a client with a fixed address sends through it what the rest of the file says.
  if (base !== null) return secret.test(outlined.code) ? hit : []
  const sent = expr.args.slice(1).concat(expr.args.filter((arg) => arg.value.kind === 'object'))
  // `wss://…?token=` and what is joined to it
  const inAddress = address
    .flatMap((one) => ingredients(outlined, one, fn, 1))
    .filter((text) => !/^https?:\/\/[^?]*$/i.test(text))
  if (inAddress.some((text) => secret.test(text.replace(/^\w+:\/\/[^?]*/, '')))) return hit
  const names = sent.flatMap((arg) => [
    ...(arg.name === undefined ? [] : [arg.name]),
    ...keysOf(arg.value),
    ...ingredients(outlined, arg.value, fn, 1),
  ])
  return names.some((one) => secret.test(one)) ? hit : []
}

const keysOf = (expr: Expr): string[] =>
  expr.kind === 'object'
    ? expr.entries.flatMap((entry) => [entry.key ?? '', ...keysOf(entry.value)])
    : expr.kind === 'call'
      ? expr.args.flatMap((arg) => keysOf(arg.value))
      : []
