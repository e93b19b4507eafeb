import { nearest } from '../../nearest.ts'
import { cliCommands } from './cli-commands.ts'
import { MODEL_COMMANDS } from './model-commands.ts'
import { ownCommands } from './own-commands.ts'
import { SESSION_COMMANDS } from './session-commands.ts'
import type { SlashCommand, SlashHost } from './slash-command.ts'
import { VIEW_COMMANDS } from './view-commands.ts'

/** Keys of the terminal UI, for `/help`. */
const KEYS: readonly (readonly [string, string])[] = [
  ['Enter', 'send; while it works: delivered after the present step'],
  ['Tab', 'while it works: queue for after the turn; else complete'],
  ['Shift/Alt+Enter, \\ Enter', 'new line'],
  ['Up, Down', 'earlier messages; while it works Up takes a queued one back'],
  ['Esc', 'interrupt the turn; close a pane; deny'],
  ['Ctrl-O', 'open the last call; ←→ others'],
  ['Ctrl-T', 'show calls open from now on, or folded again'],
  ['Ctrl-L', 'draw everything anew'],
  ['Ctrl-C', 'clear the line; twice: leave'],
  ['Ctrl-D', 'leave'],
]

const help: SlashCommand = {
  name: 'help',
  summary: 'keys and commands',
  whileWorking: true,
  run(_words, host) {
    host.openPane({
      title: 'Commands and keys',
      lines: () => [
        ...slashCommands(host).map(
          ({ name, usage, summary }) =>
            `${`/${name}${usage === undefined ? '' : ` ${usage}`}`.padEnd(26)} ${summary}`,
        ),
        '',
        ...KEYS.map(([key, what]) => `${key.padEnd(26)} ${what}`),
        `${'@path'.padEnd(26)} name a file`,
      ],
    })
  },
}

/** All commands in the order of their names: those of this build, then others whose names are still free. */
export function slashCommands(host: Pick<SlashHost, 'io' | 'cwd'>): SlashCommand[] {
  const built = [help, ...VIEW_COMMANDS, ...MODEL_COMMANDS, ...SESSION_COMMANDS, ...cliCommands()]
  const taken = new Set(built.map(({ name }) => name))
  const own = ownCommands(host).filter(({ name }) => !taken.has(name))
  return [...built, ...own].toSorted((a, b) => a.name.localeCompare(b.name))
}

/** A line that calls a command, in its parts; null for a message. A path such as `/etc/hosts` is none. */
export function readSlashLine(line: string): { name: string; words: string } | null {
  const found = /^\/([a-z0-9][a-z0-9._:-]*)(?:\s+(.*))?$/su.exec(line.trim())
  return found === null ? null : { name: found[1] ?? '', words: (found[2] ?? '').trim() }
}

/** Runs the command of a line. */
export async function runSlashLine(
  { name, words }: { name: string; words: string },
  host: SlashHost,
): Promise<void> {
  const commands = slashCommands(host)
  const command = commands.find((each) => each.name === name)
  if (command === undefined) {
    const meant = nearest(
      name,
      commands.map((each) => each.name),
    )
    host.notice('warn', `there is no /${name}${meant === null ? '; see /help' : `: did you mean /${meant}?`}`)
    return
  }
  if (host.session.running && !command.whileWorking)
    return host.notice('warn', `/${name} has to wait for the end of the turn; Esc ends it`)
  await command.run(words, host)
}
