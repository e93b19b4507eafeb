import { openSessions } from '@cairn/server'
import { checkName } from '../../sessions/name-session.ts'
import { oneLine } from '../../output/format.ts'
import type { SlashCommand } from './slash-command.ts'

/** Commands about which session is open, and how it is called. */
export const SESSION_COMMANDS: readonly SlashCommand[] = [
  {
    name: 'new',
    summary: 'begin a new session in this folder',
    whileWorking: false,
    run: (_words, host) => host.goTo(null),
  },
  {
    name: 'resume',
    summary: 'go on with an earlier session of this folder',
    usage: '[ID]',
    whileWorking: false,
    async run(words, host) {
      const sessions = openSessions(host.io.env)
      if (words !== '') {
        const { id, cwd } = sessions.need(words, host.cwd)
        if (cwd === host.cwd) return host.goTo(id)
        return host.notice('warn', `that is a session of ${cwd}; leave, and call: cairn --resume ${id}`)
      }
      const found = sessions.list(host.cwd).filter(({ id }) => id !== host.session.id)
      if (found.length === 0) return host.notice('dim', `there is no other session of ${host.cwd}`)
      host.openPane({
        title: 'Sessions of this folder',
        lines: () => [],
        choices: found.slice(0, 50).map((each) => ({
          label: `${new Date(each.updatedAt).toISOString().slice(0, 16).replace('T', ' ')}  ${each.status.padEnd(10)}`,
          detail: oneLine(each.title, 80),
          choose: () => host.goTo(each.id),
        })),
      })
    },
  },
  {
    name: 'name',
    summary: 'give the session a name',
    usage: 'NAME',
    whileWorking: true,
    run(words, host) {
      if (words === '') return host.notice('warn', 'a name is missing: /name NAME')
      if (host.session.session === null)
        return host.notice('warn', 'the session is not begun yet: send a message first')
      const name = checkName(words, host.session.id, openSessions(host.io.env))
      host.session.rename(name)
      host.notice('dim', `the session is called ${name}`)
    },
  },
  {
    name: 'quit',
    summary: 'leave; the session can be resumed',
    whileWorking: true,
    run: (_words, host) => host.quit(),
  },
]
