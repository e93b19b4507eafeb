import { escapeForDisplay } from '@cairn/guard'
import type { Invocation } from '../command.ts'
import { money, oneLine } from '../output/format.ts'
import { openSessions } from '../session-files.ts'
import { UsageError } from '../usage-error.ts'

/** 2026-11-23 19:05, in the zone of the reader. */
function localTime(time: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const date = new Date(time)
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`
}

export async function run(invocation: Invocation): Promise<number> {
  const { values, io, positionals } = invocation
  const [verb] = positionals
  if (verb === 'prune') return (await import('./sessions-prune.ts')).run(invocation)
  if (verb !== undefined)
    throw new UsageError(
      `cairn sessions has no ${JSON.stringify(verb)}`,
      'It has prune. See `cairn sessions --help`.',
    )
  const sessions = openSessions(io.env)
  const list = sessions.list(values['all'] === true ? null : io.cwd())
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
    cells.push(oneLine(session.title, 60))
    io.stdout.write(`${escapeForDisplay(cells.join('  '))}\n`)
  }
  return 0
}
