import { JournalError } from '../journal-error.ts'

/** A place outside of the journal where checkpoints are kept, so that whoever owns the journal cannot rewrite it unseen. */
export type AnchorTarget =
  | { kind: 'file'; name: string; path: string }
  | { kind: 'syslog'; name: string; transport: 'udp' | 'tcp'; host: string; port: number }
  | { kind: 'syslog-local'; name: string; path: string }
  | { kind: 'otlp' | 'webhook'; name: string; url: string }

const SCHEMES =
  'file:///path, syslog+udp://host:port, syslog+tcp://host:port, syslog+unix:///dev/log, otlp+https://host/v1/logs, webhook+https://host/path'

const bad = (word: string, why: string): JournalError =>
  new JournalError(
    'bad-anchor',
    `The anchor ${JSON.stringify(word)} ${why}.`,
    `Write one of: ${SCHEMES}.`,
    {},
  )

const isLoopback = (host: string) => /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/u.test(host)

/** Reads targets parted by blanks. Throws `JournalError` `bad-anchor` with the forms that there are. */
export function parseAnchors(text: string): AnchorTarget[] {
  return text
    .split(/\s+/u)
    .filter((word) => word !== '')
    .map((word): AnchorTarget => {
      const url = URL.canParse(word) ? new URL(word) : null
      if (url === null) throw bad(word, 'is no URL')
      if (url.username !== '' || url.password !== '')
        throw bad(`${url.protocol}//…`, 'has a name or password in it; give secrets in the environment')
      const name = `${url.protocol}//${url.host}${url.pathname}`
      const [kind = '', transport = ''] = url.protocol.slice(0, -1).split('+')
      const path = decodeURIComponent(url.pathname)
      if (url.protocol === 'file:') return { kind: 'file', name, path }
      if (kind === 'syslog' && transport === 'unix') return { kind: 'syslog-local', name, path }
      if (kind === 'syslog' && (transport === 'udp' || transport === 'tcp'))
        return { kind, name, transport, host: url.hostname, port: Number(url.port || 514) }
      if ((kind === 'otlp' || kind === 'webhook') && (transport === 'https' || transport === 'http')) {
        if (transport === 'http' && !isLoopback(url.hostname))
          throw bad(word, 'would be sent without encryption')
        return { kind, name, url: word.slice(kind.length + 1) }
      }
      throw bad(word, 'is of no known kind')
    })
}
