import type { IPty } from '@lydell/node-pty'
import type { Script } from '@cairn/models/testing'
import { cliRig, pause, type CliRig } from '../../e2e/testing/cli-rig.ts'
import { screenSvg } from './screen-svg.ts'
import { spawnInTerminal } from './spawn-in-terminal.ts'

/** The real command in a pseudo terminal, and the screen that a person would see. */
export interface TuiRig extends AsyncDisposable {
  readonly cli: CliRig
  readonly pty: IPty
  /** The visible rows, without spaces at their ends and without empty rows at the end. */
  screen(): string
  /** Everything, with what has scrolled away. */
  everything(): string
  /** The visible screen with its colours. */
  svg(title: string): string
  /** The visible screen and its scrollback with the sequences that would draw them. */
  serialised(): string
  /** All bytes that were written. */
  raw(): string
  type(text: string): void
  /** Types a line, and Enter once it stands there. */
  send(text: string): Promise<void>
  resize(columns: number, rows: number): void
  /** Resolves once the screen, or with the scrollback, shows a text; fails after 20 s. */
  until(shows: string | RegExp | ((screen: string) => boolean)): Promise<string>
  readonly exit: Promise<number>
}

export interface TuiRigOptions {
  words?: readonly string[]
  columns?: number
  rows?: number
  env?: Record<string, string>
  files?: Record<string, string>
  /** Default: options that lead to the scripted server. */
  model?: readonly string[]
  /** Another rig to start in, for a second run in the same folders. */
  cli?: CliRig
}

export const KEY = {
  enter: '\r',
  esc: '\u001B',
  tab: '\t',
  up: '\u001B[A',
  down: '\u001B[B',
  left: '\u001B[D',
  right: '\u001B[C',
  altEnter: '\u001B\r',
  ctrlC: '\u0003',
  ctrlD: '\u0004',
  ctrlL: '\u000C',
  ctrlO: '\u000F',
  ctrlT: '\u0014',
} as const

export const pasted = (text: string) => `\u001B[200~${text}\u001B[201~`

const PATIENCE_MS = 20_000

export async function tuiRig(script: Script, options: TuiRigOptions = {}): Promise<TuiRig> {
  const cli = options.cli ?? (await cliRig(script, options.files))
  const { columns = 80, rows = 24 } = options
  const { default: headless } = await import('@xterm/headless')
  const { default: addon } = await import('@xterm/addon-serialize')
  const terminal = new headless.Terminal({ cols: columns, rows, scrollback: 5_000, allowProposedApi: true })
  const serialize = new addon.SerializeAddon()
  terminal.loadAddon(serialize)
  const pty = spawnInTerminal([...(options.words ?? []), ...(options.model ?? cli.model())], {
    columns,
    rows,
    cwd: cli.cwd,
    env: { HOME: cli.home, CAIRN_DATA_DIR: cli.dataDir, ...options.env },
  })
  let raw = ''
  let over = false
  pty.onData((data) => {
    raw += data
    terminal.write(data)
  })
  // What the terminal answers when it is asked who it is.
  terminal.onData((data) => {
    if (!over) pty.write(data)
  })
  const exit = new Promise<number>((resolve) =>
    pty.onExit(({ exitCode }) => {
      over = true
      resolve(exitCode)
    }),
  )
  const rowsFrom = (first: number) => {
    const { active } = terminal.buffer
    const lines: string[] = []
    for (let y = first; y < active.length; y += 1)
      lines.push(active.getLine(y)?.translateToString(true) ?? '')
    return lines.join('\n').trimEnd()
  }
  const screen = () => rowsFrom(terminal.buffer.active.baseY)
  const rig: TuiRig = {
    cli,
    pty,
    screen,
    everything: () => rowsFrom(0),
    svg: (title) => screenSvg(terminal, title),
    serialised: () => serialize.serialize(),
    raw: () => raw,
    type: (text) => pty.write(text),
    async send(text) {
      pty.write(text)
      const last = text.split('\n').at(-1)?.slice(-20).trim() ?? ''
      await rig.until((shown) => shown.includes(last))
      pty.write(KEY.enter)
    },
    resize(nextColumns, nextRows) {
      terminal.resize(nextColumns, nextRows)
      pty.resize(nextColumns, nextRows)
    },
    async until(shows) {
      const holds = () => {
        const shown = rowsFrom(0)
        if (typeof shows === 'string') return shown.includes(shows)
        return shows instanceof RegExp ? shows.test(shown) : shows(screen())
      }
      const end = performance.now() + PATIENCE_MS
      while (!holds()) {
        if (performance.now() > end)
          throw new Error(
            `never shown: ${String(shows)}\n${rowsFrom(0)}\n--- ${JSON.stringify(raw.slice(-400))}`,
          )
        await pause(15)
      }
      return screen()
    },
    exit,
    async [Symbol.asyncDispose]() {
      if (!over) {
        pty.kill('SIGKILL')
        await exit
      }
      terminal.dispose()
      if (options.cli === undefined) await cli[Symbol.asyncDispose]()
    },
  }
  return rig
}
