import type { Rewound } from '@cairn/agent'
import { escapeForDisplay } from '@cairn/guard'
import type { Invocation } from '../command.ts'
import { count } from '../output/format.ts'
import { numberOption } from '../parse-command-line.ts'
import { openSessions, rewind as rewindSession } from '@cairn/server'

/** Takes back the newest turns of a session, or with `redo` brings them back. */
export async function rewind(invocation: Invocation, way: 'undo' | 'redo'): Promise<number> {
  const { io, values, positionals } = invocation
  const sessions = openSessions(io.env)
  const { id, cwd } = sessions.need(positionals[0] ?? null, io.cwd())
  const turns = numberOption(values, 'turns', { integer: true, least: 1 }) ?? 1
  const force = values['force'] === true
  const rewound = await rewindSession(sessions, { id, cwd }, { way, turns, force, env: io.env })
  if (values['json'] === true) io.stdout.write(`${JSON.stringify({ session: id, ...rewound })}\n`)
  else for (const line of describe(rewound, way)) io.stdout.write(`${escapeForDisplay(line)}\n`)
  return rewound.kept.length === 0 ? 0 : 1
}

function describe(rewound: Rewound, way: 'undo' | 'redo'): string[] {
  const { written, deleted, kept, remaining, request } = rewound
  const subject = request.split('\n')[0] ?? ''
  const files =
    written + deleted === 0
      ? 'no file had to change'
      : `${count(written, 'file')} written, ${count(deleted, 'file')} removed`
  return [
    `${way === 'undo' ? 'undone' : 'done again'}: ${subject.slice(0, 100)}`,
    files,
    ...kept.map((path) => `kept, because it was changed since: ${path} (--force overwrites it)`),
    ...remaining.map((effect) => `not undone: ${effect}`),
  ]
}

export const run = (invocation: Invocation): Promise<number> => rewind(invocation, 'undo')
