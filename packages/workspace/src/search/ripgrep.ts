import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import { type Fault, fault, success } from '../fault.ts'
import type { Outcome } from '../workspace.ts'

const MAX_ERROR = 4000
const TIMEOUT_MS = 60_000

export interface Ripgrep {
  /** Absolute path of the program. */
  path: string
}

export interface RipgrepEnd {
  /** 0 found, 1 nothing, 2 error; null where it was stopped from here. */
  exit: number | null
  stderr: string
}

/** The packaged ripgrep, else the one on `PATH`; a fault where there is none. */
export async function findRipgrep(env: Record<string, string | undefined>): Promise<Outcome<Ripgrep>> {
  try {
    const { rgPath } = await import('@vscode/ripgrep')
    if (executable(rgPath)) return success({ path: rgPath })
  } catch {
    // The package for this platform is not installed, or this is a bundle without it.
  }
  const name = process.platform === 'win32' ? 'rg.exe' : 'rg'
  for (const folder of (env['PATH'] ?? env['Path'] ?? '').split(delimiter)) {
    // A relative entry would run a program of the workspace.
    if (isAbsolute(folder) && executable(join(folder, name))) return success({ path: join(folder, name) })
  }
  return fault(
    'io',
    'ripgrep was not found. Install it (for example "apt install ripgrep") or reinstall without --omit=optional.',
  )
}

/**
 * Runs ripgrep and hands its records (ended by `separator`) to `onRecord` as they come; returning false ends the run. The
 * environment is empty, no configuration file is read and no helper program can be named (`--pre` is never passed).
 */
export function runRipgrep(
  rg: Ripgrep,
  args: readonly string[],
  cwd: string,
  separator: '\n' | '\0',
  onRecord: (record: string) => boolean,
): Promise<Outcome<RipgrepEnd>> {
  return new Promise((resolve) => {
    const child = spawn(rg.path, ['--no-config', '--color=never', '--no-messages', ...args], {
      cwd,
      // Windows cannot load system libraries without it.
      env: process.env['SystemRoot'] === undefined ? {} : { SystemRoot: process.env['SystemRoot'] },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
    })
    let stderr = ''
    let rest = ''
    let stopped = false
    child.stdout.setEncoding('utf8')
    child.stderr.setEncoding('utf8')
    child.stderr.on('data', (text: string) => {
      if (stderr.length < MAX_ERROR) stderr += text
    })
    child.stdout.on('data', (text: string) => {
      if (stopped) return
      const records = (rest + text).split(separator)
      rest = records.pop() ?? ''
      for (const record of records) {
        if (onRecord(record)) continue
        stopped = true
        child.kill('SIGKILL')
        return
      }
    })
    child.on('error', (error) => resolve(unusable(error)))
    child.on('close', (exit, signal) => {
      if (!stopped && signal !== null) {
        resolve(
          fault(
            'io',
            `ripgrep was ended by ${signal} (limit ${TIMEOUT_MS / 1000} s). Search a smaller folder or a simpler pattern.`,
          ),
        )
        return
      }
      if (!stopped && rest !== '') onRecord(rest)
      resolve(success({ exit: stopped ? null : exit, stderr: stderr.slice(0, MAX_ERROR) }))
    })
  })
}

function unusable(error: Error): Fault {
  return fault(
    'io',
    `ripgrep could not be started: ${error.message}. Reinstall it, or put a working one on PATH.`,
  )
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
