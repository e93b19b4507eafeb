import type { Launch } from '@cairn/guard'
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'

/** Starts a launch as a child of this process, in a session of its own; the descriptors stay the caller's. */
export const startDirectly = (
  launch: Launch,
  streams: { stdin: number | 'pipe' | 'ignore'; stdout: number | 'pipe'; command: number | null },
): ChildProcess => {
  const fds = launch.fds.toSorted((a, b) => a.fd - b.fd).map(({ path }) => openSync(path, 'r'))
  try {
    const { stdin, stdout, command } = streams
    return spawn(launch.file, launch.args, {
      cwd: launch.cwd,
      env: launch.env,
      detached: true,
      stdio: [stdin, stdout, stdout, ...fds, ...(command === null ? [] : [command])],
    })
  } finally {
    for (const fd of fds) closeSync(fd)
  }
}
