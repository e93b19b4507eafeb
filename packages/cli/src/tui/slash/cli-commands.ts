import type { Io } from '../../command.ts'
import { COMMANDS } from '../../commands.ts'
import { wrapTextWithAnsi } from '@earendil-works/pi-tui'
import type { SlashCommand, SlashHost } from './slash-command.ts'
import { shown } from '../render/shown.ts'

interface Bridge {
  name: string
  summary: string
  usage?: string
  /** The command of `cairn` that does it; where it is not in this build, the slash command is not shown. */
  words: (given: string[], host: SlashHost) => string[]
  command: string
  /** It writes the journal or the workspace: the session lets go of both meanwhile. */
  exclusive: boolean
  needsSession: boolean
  /** It prints JSON that names the session to go on in. */
  opens?: boolean
}

const idOf = (host: SlashHost) => (host.session.id === null ? [] : [host.session.id])

/** Options come first; all that follows is the subject, without quotes. */
function withSubject(given: string[]): string[] {
  const at = given.findIndex((word) => !word.startsWith('-'))
  return at < 0 ? given : [...given.slice(0, at), '--message', given.slice(at).join(' ')]
}

const BRIDGES: readonly Bridge[] = [
  {
    name: 'undo',
    summary: 'take back what the last turn changed in the files',
    command: 'undo',
    words: (given, host) => ['undo', ...idOf(host), ...given],
    exclusive: true,
    needsSession: true,
  },
  {
    name: 'redo',
    summary: 'bring back what was undone',
    command: 'redo',
    words: (given, host) => ['redo', ...idOf(host), ...given],
    exclusive: true,
    needsSession: true,
  },
  {
    name: 'fork',
    summary: 'go on in a copy of the session',
    command: 'fork',
    words: (given, host) => ['fork', ...idOf(host), ...given, '--json'],
    exclusive: true,
    needsSession: true,
    opens: true,
  },
  {
    name: 'review',
    summary: 'review the changes of the workspace',
    usage: '[…]',
    command: 'review',
    words: (given) => ['review', ...given],
    exclusive: false,
    needsSession: false,
  },
  {
    name: 'commit',
    summary: 'commit what the session changed, with its evidence',
    usage: '[SUBJECT]',
    command: 'commit',
    words: (given, host) => ['commit', ...idOf(host), ...withSubject(given)],
    exclusive: true,
    needsSession: true,
  },
  {
    name: 'permissions',
    summary: 'what is allowed, and by which rule',
    command: 'policy',
    words: (given) => ['policy', ...(given.length === 0 ? ['show'] : given)],
    exclusive: false,
    needsSession: false,
  },
  {
    name: 'mcp',
    summary: 'servers of the Model Context Protocol, and their tools',
    command: 'mcp',
    words: (given) => ['mcp', ...(given.length === 0 ? ['list'] : given)],
    exclusive: false,
    needsSession: false,
  },
  {
    name: 'skills',
    summary: 'skills that were found',
    command: 'skills',
    words: (given) => ['skills', ...given],
    exclusive: false,
    needsSession: false,
  },
  {
    name: 'export',
    summary: 'write the session as HTML, Markdown, ATIF or JSONL',
    usage: '[FILE]',
    command: 'export',
    words: ([file], host) => ['export', ...idOf(host), '--out', file ?? `${host.session.id}.html`],
    exclusive: false,
    needsSession: true,
  },
  {
    name: 'doctor',
    summary: 'what works on this machine, and what to do about the rest',
    command: 'doctor',
    words: () => ['doctor'],
    exclusive: false,
    needsSession: false,
  },
]

/** Runs a command of `cairn` and catches what it prints. */
async function caught(words: readonly string[], host: SlashHost): Promise<{ text: string; code: number }> {
  let text = ''
  const stream = { write: (piece: string) => (text += piece) }
  const { io } = host
  const silent: Io = {
    stdout: stream,
    stderr: stream,
    env: { ...io.env, NO_COLOR: '1' },
    cwd: () => host.cwd,
    on: () => undefined,
    off: () => undefined,
    exit: (code) => io.exit(code),
  }
  const code = await host.call(words, silent)
  return { text, code }
}

async function run(bridge: Bridge, words: string, host: SlashHost): Promise<void> {
  if (bridge.needsSession && host.session.id === null)
    return host.notice('warn', 'the session is not begun yet: send a message first')
  const line = bridge.words(words.split(/\s+/u).filter(Boolean), host)
  if (bridge.exclusive) await host.session.release()
  const { text, code } = await caught(line, host)
  const rows = text.trimEnd().split('\n')
  if (bridge.opens === true && code === 0) {
    const forked = /"session":"([^"]+)"/u.exec(text)?.[1]
    if (forked !== undefined) return host.goTo(forked)
  }
  if (rows.length <= 2 || bridge.exclusive)
    return host.notice(
      code === 0 ? 'good' : 'warn',
      text.trim() === '' ? `${bridge.name}: done` : text.trim(),
    )
  host.openPane({
    title: `cairn ${line.slice(0, 2).join(' ')}`,
    lines: (width) => rows.flatMap((row) => wrapTextWithAnsi(shown(row), width)),
  })
}

/** Slash commands that are commands of `cairn` as well: both say the same. Only those that this build has. */
export function cliCommands(): SlashCommand[] {
  const known = new Set(COMMANDS.map(({ name }) => name))
  return BRIDGES.filter(({ command }) => known.has(command)).map((bridge) => ({
    name: bridge.name,
    summary: bridge.summary,
    ...(bridge.usage === undefined ? {} : { usage: bridge.usage }),
    whileWorking: !bridge.exclusive,
    run: (words, host) => run(bridge, words, host),
  }))
}
