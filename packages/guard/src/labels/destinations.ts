import type { Provenance } from '../approval/approval.ts'
import type { SimpleCommand } from '../shell/analysis.ts'
import { readings } from '../policy/match-command.ts'
import { installed } from './installed-packages.ts'

/** Something outside of the workspace that a command would reach. */
export interface Destination {
  kind: Provenance['kind']
  literal: string
}

/** What a command line does beyond the workspace. */
export interface OutsideEffect {
  destinations: Destination[]
  /** It sends or publishes, wherever to. */
  sends: boolean
}

type Argv = readonly (string | null)[]

const NETWORK =
  /^(?:curl|wget|https?|xh|nc|ncat|netcat|telnet|ssh|scp|sftp|rsync|ftp|lftp|dig|nslookup|host|ping|ping6|traceroute|socat|aria2c|lynx|w3m|whois)$/u
/** Programs whose arguments are text to them, never an address. */
const LOCAL =
  /^(?:grep|egrep|fgrep|rg|ag|echo|printf|cat|sed|awk|gawk|find|fd|ls|cp|mv|rm|mkdir|touch|tee|head|tail|sort|uniq|wc|cut|tr|diff|jq|yq|test|\[|true|false|export|set|cd|pwd|sleep|read|chmod|tar|file|stat|basename|dirname|xargs|env|time|timeout)$/u
const MAIL = /^(?:mail|mailx|mutt|sendmail|msmtp|swaks)$/u
const PUBLISH: readonly (readonly [string, RegExp])[] = [
  ['npm', /^(?:publish|unpublish|deprecate)$/u],
  ['pnpm', /^publish$/u],
  ['yarn', /^publish$/u],
  ['bun', /^publish$/u],
  ['cargo', /^publish$/u],
  ['gem', /^push$/u],
  ['twine', /^upload$/u],
  ['poetry', /^publish$/u],
  ['docker', /^push$/u],
  ['podman', /^push$/u],
  ['gh', /^(?:pr|release|gist|issue|api|repo|workflow)$/u],
  ['kubectl', /^(?:apply|delete|create|replace|patch|exec|cp)$/u],
  ['terraform', /^(?:apply|destroy)$/u],
]
/** Options of curl and wget whose next word is no address. */
const TAKES_TEXT =
  /^(?:-[odHXuFTbcAemwKrYyzCP]|--(?:output|data|data-raw|data-binary|data-urlencode|json|header|request|user|form|upload-file|cookie|cookie-jar|user-agent|referer|max-time|write-out|config|range|retry|connect-timeout|cacert|cert|key|output-document|directory-prefix|post-data|post-file))$/u
const URL_LIKE = /\b(?:https?|wss?|ftps?|ssh|git|sftp|rsync)(?:\+\w+)?:\/\/[^\s"'`<>\\)\]}]+/giu
const HOST_LIKE =
  /^(?:[\w.-]+@)?((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]+|\[[0-9a-f:]+\])(?::\d+)?(?:[/?].*)?$/iu
const SCP_LIKE = /^(?:[\w.-]+@)?([\w-]+(?:\.[\w-]+)*):(?!\/\/)/u
const EMAIL = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/gu

const isLoopback = (host: string): boolean =>
  /^(?:localhost|.*\.localhost|127(?:\.\d{1,3}){3}|0\.0\.0\.0|\[?::1\]?)$/iu.test(host)

function hostsOf(text: string): string[] {
  return [...text.matchAll(URL_LIKE)].map(([url]) => {
    const parsed = URL.parse(url)
    return parsed === null || parsed.hostname === '' ? url : parsed.hostname
  })
}

/** Addresses of a program that reaches out. A word that only the shell knows counts as it is written. */
function networkHosts(argv: Argv, words: readonly string[]): string[] {
  const [name] = argv
  const found: string[] = []
  for (let at = 1; at < argv.length; at++) {
    const arg = argv[at] ?? null
    if (TAKES_TEXT.test(argv[at - 1] ?? '')) continue
    if (arg === null) {
      const word = words[at] ?? '?'
      const start = /^["']?(?:\w+:\/\/)?([\w.-]+)/u.exec(word)?.[1]
      found.push(start === undefined || !isLoopback(start) ? word : start)
      continue
    }
    const urls = hostsOf(arg)
    found.push(...urls)
    if (urls.length > 0 || arg.startsWith('-')) continue
    const host =
      HOST_LIKE.exec(arg)?.[1] ??
      (/^(?:scp|rsync|sftp)$/u.test(name ?? '') ? SCP_LIKE.exec(arg)?.[1] : undefined)
    if (host !== undefined) found.push(host)
    else if (
      /^(?:ssh|nc|ncat|telnet|ping|whois)$/u.test(name ?? '') &&
      /^[\w.@-]+$/u.test(arg) &&
      !/^\d+$/u.test(arg)
    ) {
      found.push(arg.slice(arg.indexOf('@') + 1))
      break
    }
  }
  return found
}

function gitDestinations(argv: Argv): OutsideEffect {
  const [, verb, ...rest] = argv
  const none = { destinations: [], sends: false }
  const plain = rest.filter((arg) => arg !== null && !arg.startsWith('-')).filter((arg) => arg !== null)
  const address = (text: string | undefined): Destination[] => {
    if (text === undefined || /^(?:\.{0,2}\/|file:)/u.test(text)) return []
    const [host = SCP_LIKE.exec(text)?.[1]] = hostsOf(text)
    return [host === undefined ? { kind: 'remote', literal: text } : { kind: 'host', literal: host }]
  }
  switch (verb) {
    case 'push':
      return { destinations: address(plain[0]), sends: true }
    case 'fetch':
    case 'pull':
    case 'clone':
    case 'ls-remote':
      return { destinations: address(plain[0]), sends: false }
    case 'remote':
      return plain[0] === 'add' || plain[0] === 'set-url'
        ? { destinations: address(plain[2]), sends: false }
        : none
    case 'submodule':
      return plain[0] === 'add' ? { destinations: address(plain[1]), sends: false } : none
    case 'send-email':
      return { destinations: emails(argv), sends: true }
    default:
      return none
  }
}

const emails = (argv: Argv): Destination[] =>
  argv.flatMap((arg) =>
    [...(arg ?? '').matchAll(EMAIL)].map(([literal]) => ({ kind: 'email' as const, literal })),
  )

/** Whether a command hands something to others that cannot be taken back. */
export const publishes = ([name, verb]: Argv): boolean =>
  PUBLISH.some(([program, verbs]) => program === name && verbs.test(verb ?? ''))

function ofReading(argv: Argv, words: readonly string[]): OutsideEffect {
  const [name] = argv
  if (name === undefined || name === null) return { destinations: [], sends: false }
  if (name === 'git') return gitDestinations(argv)
  if (MAIL.test(name)) return { destinations: emails(argv), sends: true }
  const hosts = (list: string[]): Destination[] =>
    list.filter((host) => !isLoopback(host)).map((literal) => ({ kind: 'host', literal }))
  if (NETWORK.test(name)) {
    const destinations = hosts(networkHosts(argv, words))
    return { destinations, sends: destinations.length > 0 }
  }
  if (LOCAL.test(name)) return { destinations: [], sends: false }
  const urls = hosts(argv.slice(1).flatMap((arg) => hostsOf(arg ?? '')))
  const packages = installed(argv, words).map((literal): Destination => ({ kind: 'package', literal }))
  return { destinations: [...packages, ...urls], sends: publishes(argv) || urls.length > 0 }
}

/** What the commands of a line reach outside of the workspace, as far as it is written there. */
export function outsideEffect(commands: readonly SimpleCommand[]): OutsideEffect {
  const found = new Map<string, Destination>()
  let sends = false
  for (const command of commands)
    for (const argv of readings(command)) {
      // Readings of a wrapped command leave words out at the front: count from the end.
      const effect = ofReading(argv, command.words.slice(Math.max(0, command.words.length - argv.length)))
      sends ||= effect.sends
      for (const each of effect.destinations) found.set(`${each.kind} ${each.literal}`, each)
    }
  return { destinations: [...found.values()], sends }
}
