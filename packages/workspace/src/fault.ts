import type { Outcome, WorkspaceFault } from './workspace.ts'

export type Fault = { ok: false; code: WorkspaceFault; message: string }

/** An expected failure as a value. `message` says what happened, why, and what to do. */
export function fault(code: WorkspaceFault, message: string): Fault {
  return { ok: false, code, message }
}

export function success<T>(value: T): Outcome<T> {
  return { ok: true, value }
}

/** The stable code of a failed system call (`ENOENT`, …), or an empty string. */
export function errno(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** A failed system call as a fault the model can act on. */
export function ioFault(action: string, path: string, error: unknown): Fault {
  const code = errno(error)
  if (code === 'ENOENT')
    return fault('not-found', `${path} does not exist. List its folder to see what is there.`)
  if (code === 'EISDIR') return fault('is-directory', `${path} is a folder, not a file. List it instead.`)
  const why = code || (error instanceof Error ? error.message : String(error))
  return fault('io', `Could not ${action} ${path}: ${why}. Check its permissions and the free space.`)
}
