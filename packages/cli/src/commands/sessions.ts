import { escapeForDisplay } from '@cairn/guard'
import type { Invocation } from '../command.ts'
import { localTime, money, oneLine } from '../output/format.ts'
import { stringOption } from '../parse-command-line.ts'
import { openSessions } from '@cairn/server'
import { UsageError } from '../usage-error.ts'

export async function run(invocation: Invocation): Promise<number> {
  const { values, io, positionals } = invocation
  const [verb] = positionals
  if (verb === 'prune') return (await import('./sessions-prune.ts')).run(invocation)
  if (verb === 'name') return (await import('./sessions-name.ts')).run(invocation)
  if (verb !== undefined)
    throw new UsageError(
      `cairn sessions has no ${JSON.stringify(verb)}`,
      'It has prune and name. See `cairn sessions --help`.',
    )
  const search = stringOption(values, 'search')
  if (search !== null) return (await import('./sessions-search.ts')).run(invocation, search)
  const sessions = openSessions(io.env)
  const list = values['all'] === true ? sessions.list(null) : sessions.around(io.cwd())
  if (values['json'] === true) {
    for (const session of list) io.stdout.write(`${JSON.stringify(session)}\n`)
    return 0
  }
  if (list.length === 0) {
    io.stdout.write(
      values['all'] === true
        ? 'There are no sessions yet.\n'
        : 'There are no sessions of this folder; `cairn sessions --all` shows those of all folders.\n',
    )
    return 0
  }
  for (const session of list) {
    const cells = [session.id, localTime(session.updatedAt), session.status.padEnd(20), session.model]
    if (session.costUsd !== null) cells.push(money(session.costUsd))
    if (values['all'] === true) cells.push(session.cwd)
    cells.push(oneLine(session.name === null ? session.title : `[${session.name}]`, 60))
    io.stdout.write(`${escapeForDisplay(cells.join('  '))}\n`)
  }
  return 0
}
