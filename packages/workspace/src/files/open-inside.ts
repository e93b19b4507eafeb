import { type Stats, closeSync, constants, fstatSync, openSync, readlinkSync, realpathSync } from 'node:fs'
import { fault, ioFault, success } from '../fault.ts'
import { type Located, type Root, isWithin } from '../paths/locate.ts'
import type { Outcome } from '../workspace.ts'

// Absent on Windows, where the re-check by real path has to do.
const NOFOLLOW = constants.O_NOFOLLOW ?? 0
const NONBLOCK = constants.O_NONBLOCK ?? 0
const DIRECTORY = constants.O_DIRECTORY ?? 0

/** A folder that is held open, so that later operations in it cannot be redirected by swapping a component. */
export interface HeldFolder {
  /** Path of an entry: through the descriptor on Linux, plain elsewhere. */
  entry(name: string): string
  close(): void
}

/**
 * Opens a located file for reading and proves after the open that the descriptor is what was checked: a link swapped in
 * between check and open is refused. The caller closes `fd`.
 */
export function openInside(root: Root, at: Located): Outcome<{ fd: number; stat: Stats }> {
  let fd: number
  try {
    // NONBLOCK: opening a FIFO must not wait for a writer.
    fd = openSync(at.abs, constants.O_RDONLY | NOFOLLOW | NONBLOCK)
  } catch (error) {
    return ioFault('open', at.asked, error)
  }
  const close = <T>(outcome: Outcome<T>): Outcome<T> => {
    closeSync(fd)
    return outcome
  }
  const stat = fstatSync(fd)
  if (stat.isDirectory())
    return close(fault('is-directory', `${at.asked || '.'} is a folder. List it instead.`))
  if (!stat.isFile())
    return close(fault('io', `${at.asked} is a device, pipe or socket: it has no content to read.`))
  if (!isWithin(root.real, whereIs(fd, at.abs))) {
    return close(
      fault('outside', `${at.asked} was moved out of the workspace while it was opened. Read it again.`),
    )
  }
  return success({ fd, stat })
}

/** Opens a real folder inside the root for changes to its entries. Throws system errors. */
export function holdFolder(root: Root, abs: string): HeldFolder | null {
  if (process.platform === 'win32') return isWithin(root.real, realpathSync.native(abs)) ? plain(abs) : null
  const fd = openSync(abs, constants.O_RDONLY | DIRECTORY | NOFOLLOW)
  if (!isWithin(root.real, whereIs(fd, abs))) {
    closeSync(fd)
    return null
  }
  const base = hasProc(fd) ? `/proc/self/fd/${fd}` : abs
  return { entry: (name) => `${base}/${name}`, close: () => closeSync(fd) }
}

function plain(abs: string): HeldFolder {
  return { entry: (name) => `${abs}/${name}`, close: () => {} }
}

/** The path of an open descriptor by the kernel's word; by real path where there is no /proc. */
function whereIs(fd: number, abs: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`)
  } catch {
    return realpathSync.native(abs)
  }
}

function hasProc(fd: number): boolean {
  try {
    readlinkSync(`/proc/self/fd/${fd}`)
    return true
  } catch {
    return false
  }
}
