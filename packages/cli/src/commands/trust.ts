import { repositoryRoot } from '@cairn/agent'
import { escapeForDisplay, listShipped, openTrust, readShipped, trustFile, type Shipped } from '@cairn/guard'
import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { localIdentity } from '../approval-setup.ts'
import type { Invocation } from '../command.ts'
import { openSessions } from '@cairn/server'
import { stringOption } from '../parse-command-line.ts'
import { UsageError } from '../usage-error.ts'

function need(shipped: readonly Shipped[], path: string | undefined, repository: string): Shipped {
  const found = shipped.find((each) => each.path === path?.replace(/^\.\/|\/$/gu, ''))
  if (found !== undefined) return found
  throw new UsageError(
    `${path === undefined ? 'a path is missing' : `${path} is nothing that ${repository} ships to be acted upon`}`,
    'See `cairn trust list`.',
  )
}

/** Shows and changes what of a repository may act. */
export async function run({ io, positionals, values }: Invocation): Promise<number> {
  const [verb = 'list', path] = positionals
  const cwd = realpathSync(resolve(io.cwd(), stringOption(values, 'cwd') ?? '.'))
  const repository = realpathSync(repositoryRoot(cwd))
  const trust = openTrust(trustFile(openSessions(io.env).dataDir), repository)
  const shipped = listShipped(repository)
  const write = (text: string) => io.stdout.write(`${escapeForDisplay(text)}\n`)
  const stateOf = (each: Shipped): string => {
    const bytes = readShipped(repository, each.path)
    if (bytes !== null && trust.isTrusted(each.kind, each.path, bytes)) return 'trusted'
    const known = trust.entries().some(({ kind, path: at }) => kind === each.kind && at === each.path)
    return known ? 'changed' : 'inactive'
  }
  if (verb === 'list') {
    const rows = shipped.map((each) => ({ ...each, state: stateOf(each) }))
    if (values['json'] === true) for (const row of rows) io.stdout.write(`${JSON.stringify(row)}\n`)
    else if (rows.length === 0) write(`${repository} ships nothing that would be acted upon.`)
    else for (const row of rows) write(`${row.state.padEnd(9)} ${row.kind.padEnd(12)} ${row.path}`)
    return 0
  }
  if (verb === 'revoke') {
    if (path === undefined) throw new UsageError('cairn trust revoke needs a path', 'See `cairn trust list`.')
    write(trust.revoke(path) > 0 ? `${path} is inactive now` : `${path} was not trusted`)
    return 0
  }
  if (verb !== 'show' && verb !== 'approve')
    throw new UsageError(`cairn trust has no ${JSON.stringify(verb)}`, 'It has list, show, approve, revoke.')
  const one = need(shipped, path, repository)
  const bytes = readShipped(repository, one.path)
  if (bytes === null)
    throw new UsageError(`${one.path} cannot be read in full`, 'Links and devices are not trusted.')
  write(`${one.kind} ${one.path}, ${bytes.length} bytes, ${stateOf(one)}`)
  write(bytes.toString('utf8'))
  if (verb === 'approve') {
    const { sha256 } = trust.approve(one.kind, one.path, bytes, localIdentity(), Date.now())
    write(`${one.path} is trusted as it is now (sha256 ${sha256.slice(0, 16)})`)
  }
  return 0
}
