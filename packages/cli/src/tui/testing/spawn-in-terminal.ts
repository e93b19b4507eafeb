import { spawn, type IPty } from '@lydell/node-pty'
import { CAIRN } from '../../e2e/testing/cli-rig.ts'

/** Starts the command as a person does, in a pseudo terminal. */
export function spawnInTerminal(
  words: readonly string[],
  options: { columns: number; rows: number; cwd: string; env: Record<string, string> },
): IPty {
  const { columns, rows, cwd, env } = options
  return spawn(CAIRN, [...words], {
    cols: columns,
    rows,
    cwd,
    name: 'xterm-256color',
    env: { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', TERM: 'xterm-256color', ...env },
  })
}
