import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import type { Launch } from './sandbox.ts'

/** At most this much output is kept, as Latin-1. */
const outputBytes = 1 << 20

/** Runs a launch to its end without standard input; output and error together. For probes, not for commands. */
export const runLaunch = (
  launch: Launch,
  timeoutMs: number,
): Promise<{ code: number | null; output: string }> => {
  const fds = launch.fds.map(({ path }) => openSync(path, 'r'))
  return new Promise((resolve) => {
    const child = spawn(launch.file, launch.args, {
      cwd: launch.cwd,
      env: launch.env,
      detached: true,
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      stdio: ['ignore', 'pipe', 'pipe', ...fds],
    })
    for (const fd of fds) closeSync(fd)
    let output = ''
    const collect = (chunk: Buffer) => {
      if (output.length < outputBytes) output += chunk.toString('latin1')
    }
    child.stdout?.on('data', collect)
    child.stderr?.on('data', collect)
    child.on('error', (error) => resolve({ code: null, output: error.message }))
    child.on('close', (code) => resolve({ code, output }))
  })
}
