import { spawn, type IPty } from '@lydell/node-pty'
import { dirname, join } from 'node:path'
import { CAIRN, pause } from '../../e2e/testing/cli-rig.ts'

const [COLUMNS, ROWS] = [92, 34]
const PATIENCE_MS = 90_000

/** A shell in a terminal, and the screen that a person would see. */
export interface ShellRig {
  screen(): string
  type(keys: string): void
  /** What came since this was called last. */
  fresh(): string
  /** Leaves the prompt alone on the screen. */
  clear(): void
  /** Resolves once a text is shown. */
  shows(text: string): Promise<void>
  /** Runs a line to its end. */
  line(text: string): Promise<void>
  start(text: string): void
  /** Resolves once the shell waits for a line. */
  prompt(): Promise<void>
  close(): Promise<void>
}

/** Starts bash in a terminal, with the command in its PATH and the prompt `$ `. */
export async function openShell(home: string, cwd: string): Promise<ShellRig> {
  const { default: headless } = await import('@xterm/headless')
  const terminal = new headless.Terminal({
    cols: COLUMNS,
    rows: ROWS,
    scrollback: 5_000,
    allowProposedApi: true,
  })
  const pty: IPty = spawn('bash', ['--noprofile', '--norc'], {
    cols: COLUMNS,
    rows: ROWS,
    cwd,
    name: 'xterm-256color',
    env: {
      PATH: `${dirname(CAIRN)}:${process.env['PATH'] ?? ''}`,
      HOME: home,
      CAIRN_DATA_DIR: join(home, '.local/share/cairn'),
      LANG: 'C.UTF-8',
      TERM: 'xterm-256color',
      NO_COLOR: '1',
      PS1: '$ ',
    },
  })
  pty.onData((data) => terminal.write(data))
  terminal.onData((data) => pty.write(data))
  const rowsFrom = (first: number): string => {
    const { active } = terminal.buffer
    const rows: string[] = []
    for (let y = first; y < active.length; y += 1) rows.push(active.getLine(y)?.translateToString(true) ?? '')
    return rows.join('\n').trimEnd()
  }
  const screen = () => rowsFrom(terminal.buffer.active.baseY)
  let shownUpTo = 0
  const until = async (holds: (text: string) => boolean, what: string) => {
    const end = performance.now() + PATIENCE_MS
    while (!holds(rowsFrom(shownUpTo))) {
      if (performance.now() > end) throw new Error(`never shown: ${what}\n${rowsFrom(shownUpTo)}`)
      await pause(25)
    }
    await pause(400)
  }
  const atPrompt = (text: string) => /(?:^|\n)\$$/u.test(text)
  return {
    screen,
    type: (keys: string) => pty.write(keys),
    fresh(): string {
      const text = rowsFrom(shownUpTo).replace(/\n?\$$/u, '')
      const { active } = terminal.buffer
      shownUpTo = active.baseY + active.cursorY
      return text
    },
    shows: (text: string) => until((shown) => shown.includes(text), text),
    async line(text: string) {
      pty.write(`${text}\r`)
      await until((shown) => shown.includes(text.slice(0, 40)) && atPrompt(shown), `the end of ${text}`)
    },
    clear() {
      terminal.clear()
      shownUpTo = 0
    },
    start: (text: string) => pty.write(`${text}\r`),
    prompt: () => until(atPrompt, 'a prompt'),
    async close() {
      const over = new Promise<void>((done) => pty.onExit(() => done()))
      pty.kill('SIGKILL')
      await over
      terminal.dispose()
    },
  }
}
