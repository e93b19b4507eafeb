import { spawnSync } from 'node:child_process'
import { closeSync, constants, existsSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The two ends of a named pipe, each to be closed by its user. */
export interface Fifo {
  path: string
  read: number
  write: number
}

/**
 * Named pipes for the standard streams of commands. Node's own pipes are sockets, which cannot be opened by name, so
 * that `echo x > /dev/stderr` fails; a real pipe behaves as in a shell. Each name is used again once both ends are
 * closed, which spares a start of `mkfifo` per command. Null from `open`: this machine has no `mkfifo`.
 */
export const createFifoPool = (folder: string, mkfifo: string | null) => {
  let own = join(folder, `fifo-${process.pid}-${counter()}`)
  const free: string[] = []
  let made = 0
  let works = mkfifo !== null

  const refill = () => {
    if (mkfifo === null) return
    mkdirSync(own, { recursive: true, mode: 0o700 })
    const paths = Array.from({ length: 8 }, () => join(own, String(made++)))
    works = spawnSync(mkfifo, ['-m', '600', ...paths], { stdio: 'ignore' }).status === 0
    if (works) free.push(...paths)
  }

  const clear = () => {
    free.length = 0
    if (!existsSync(own)) return
    // A command that is about to open one of the names would make a file of it in the folder that is being emptied.
    const gone = `${own}.gone`
    renameSync(own, gone)
    rmSync(gone, { recursive: true, force: true, maxRetries: 5, retryDelay: 10 })
  }

  return {
    /** `reader`: which end stays here, without blocking; the other end is for the child. */
    open(reader: 'here' | 'child'): Fifo | null {
      if (free.length === 0 && works) refill()
      const path = free.pop()
      if (path === undefined) return null
      if (reader === 'here') {
        const read = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
        return { path, read, write: openSync(path, 'w') }
      }
      // A reader that must block can only be opened at once while somebody has the other end open.
      const holder = openSync(path, 'r+')
      const read = openSync(path, 'r')
      const write = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)
      closeSync(holder)
      return { path, read, write }
    },
    /** Gives a name back; `clean` says that nobody can still have it open. */
    release(fifo: Fifo, clean: boolean) {
      if (clean && dirname(fifo.path) === own) free.push(fifo.path)
      else rmSync(fifo.path, { force: true })
    },
    /** Takes all names away, so that nobody can open one any more; open ends stay. */
    renew() {
      clear()
      own = join(folder, `fifo-${process.pid}-${counter()}`)
    },
    close() {
      works = false
      clear()
    },
  }
}

export type FifoPool = ReturnType<typeof createFifoPool>

const counter = (() => {
  let count = 0
  return () => count++
})()
