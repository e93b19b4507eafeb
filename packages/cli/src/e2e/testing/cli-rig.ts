import { scriptedServer, type Script, type ScriptedCall, type ScriptedServer } from '@cairn/models/testing'
import type { Wire } from '@cairn/models'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

const CHECKOUT = resolve(import.meta.dirname, '../../../../..')
/** The command as a person calls it. */
export const CAIRN = join(CHECKOUT, 'node_modules/.bin/cairn')
/** A Node of the system, older than the one that cairn needs where there is one. */
export const SYSTEM_NODE = existsSync('/usr/bin/node') ? '/usr/bin/node' : process.execPath

export type JsonEvent = {
  type: string
  seq: number
  status?: string
  output?: string
  ok?: boolean
  [field: string]: unknown
}

export interface CliResult {
  code: number | null
  signal: NodeJS.Signals | null
  out: string
  err: string
  /** The lines of standard output that are JSON. */
  events: JsonEvent[]
  /** The last of them. */
  last: JsonEvent | undefined
}

export interface RunningCli {
  readonly child: ChildProcess
  readonly pid: number
  readonly result: Promise<CliResult>
  out(): string
  err(): string
  /** Resolves once it holds; fails when the command ends before. */
  until(holds: (running: RunningCli) => boolean): Promise<void>
}

export interface RunOptions {
  env?: Record<string, string | undefined>
  cwd?: string
  stdin?: string
  /** Put before the command: another Node, a shell that limits something. */
  via?: readonly string[]
}

/** An empty home, an empty data folder, a workspace, a scripted model server, and the real command. */
export interface CliRig extends AsyncDisposable {
  readonly folder: string
  readonly cwd: string
  readonly dataDir: string
  readonly home: string
  readonly server: ScriptedServer
  /** Options that lead to the scripted server. */
  model(wire?: Wire): string[]
  start(words: readonly string[], options?: RunOptions): RunningCli
  cairn(words: readonly string[], options?: RunOptions): Promise<CliResult>
  /** `cairn run --json` with the scripted model. */
  run(task: string, words?: readonly string[], options?: RunOptions & { wire?: Wire }): Promise<CliResult>
}

export const call = (tool: string, args: unknown): ScriptedCall => ({
  tool,
  args: typeof args === 'string' ? args : JSON.stringify(args),
})
export const exec = (command: string, more: object = {}): ScriptedCall => call('exec', { command, ...more })
export const pause = (ms: number) => new Promise<void>((resolved) => setTimeout(resolved, ms))

function eventsOf(out: string): JsonEvent[] {
  return out
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as JsonEvent)
}

function follow(child: ChildProcess): RunningCli {
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => err.push(chunk))
  const text = (chunks: readonly Buffer[]) => Buffer.concat(chunks).toString('utf8')
  let over = false
  const result = once(child, 'close').then(([code, signal]: unknown[]): CliResult => {
    over = true
    const events = eventsOf(text(out))
    return {
      code: typeof code === 'number' ? code : null,
      // Node gives a name or null here.
      signal: signal as NodeJS.Signals | null,
      out: text(out),
      err: text(err),
      events,
      last: events.at(-1),
    }
  })
  const running: RunningCli = {
    child,
    pid: child.pid ?? 0,
    result,
    out: () => text(out),
    err: () => text(err),
    async until(holds) {
      while (!holds(running)) {
        if (over && !holds(running))
          throw new Error(`the command ended too early: ${text(err)}\n${text(out).slice(-2_000)}`)
        await pause(10)
      }
    },
  }
  return running
}

export async function cliRig(script: Script, files: Record<string, string> = {}): Promise<CliRig> {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-e2e-'))
  const [cwd, dataDir, home] = ['work', 'data', 'home'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  for (const path of [cwd, home]) mkdirSync(path)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true })
    writeFileSync(join(cwd, name), text)
  }
  const server = await scriptedServer(script)
  const running = new Set<ChildProcess>()
  const model = (wire: Wire = 'chat') => [
    '--model',
    'openai-compatible/scripted',
    '--base-url',
    server.baseUrl(wire),
    '--wire',
    wire,
  ]
  const start: CliRig['start'] = (words, options = {}) => {
    const [command = CAIRN, ...args] = [...(options.via ?? []), CAIRN, ...words]
    const child = spawn(command, args, {
      cwd: options.cwd ?? cwd,
      // Nothing of the person who runs the tests may leak in: no keys, no configuration.
      env: {
        PATH: process.env['PATH'],
        HOME: home,
        CAIRN_DATA_DIR: dataDir,
        LANG: 'C.UTF-8',
        ...options.env,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    running.add(child)
    child.once('close', () => running.delete(child))
    // A command that does not read its input may be gone before the text is.
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(options.stdin ?? '')
    return follow(child)
  }
  return {
    folder,
    cwd,
    dataDir,
    home,
    server,
    model,
    start,
    cairn: (words, options) => start(words, options).result,
    run: (task, words = [], options = {}) =>
      start(['run', '--json', ...model(options.wire), ...words, task], options).result,
    async [Symbol.asyncDispose]() {
      for (const child of running) {
        child.kill('SIGKILL')
        await once(child, 'close')
      }
      await server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
