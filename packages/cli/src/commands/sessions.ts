import type { Invocation } from '../command.ts'
import { money, oneLine } from '../output/format.ts'
import { openSessions } from '../session-files.ts'

export async function run({ values, io }: Invocation): Promise<number> {
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
    const time = new Date(session.updatedAt).toISOString().slice(0, 16).replace('T', ' ')
    io.stdout.write(
      `${session.id}  ${time}  ${session.status.padEnd(20)}  ${session.model}  ${money(session.costUsd)}  ${oneLine(session.title, 60)}\n`,
    )
  }
  return 0
}
