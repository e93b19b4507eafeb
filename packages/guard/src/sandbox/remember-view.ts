import { realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { isEmpty, realOrNull, statOrNull } from './look-up.ts'
import type { LookUp } from './look-up.ts'
import type { FileView } from './mount.ts'

/** A clock of a file system moves on at least once in this many milliseconds, where it has fractions of seconds. */
const tickMs = 50
/** And this many where it has none. */
const coarseTickMs = 2100

/**
 * A view that is looked up again only when something it was made from may have changed: one of the folders in which
 * names were looked for or would appear (device, number, and time of change, which no command can set), or the real path
 * of something. Two changes within one tick of a file system's clock look like one: so a view is trusted only if it was
 * looked up when the same times of change had been seen at least a tick earlier. A file that is written to in place stays
 * the file that is mounted, and is no change.
 */
export const rememberView = (lookUp: (by: LookUp) => FileView, now: () => number): (() => FileView) => {
  let last: { view: FileView; watch: Watch; state: string; trusted: boolean; since: number } | null = null
  return () => {
    if (last?.trusted === true && last.watch.state() === last.state) return last.view
    const begun = now()
    const watch = createWatch()
    const view = lookUp(watch.look)
    const state = watch.seen()
    const since = last?.state === state ? last.since : now()
    const tick = watch.coarse() ? coarseTickMs : tickMs
    const trusted = watch.lasting() && view.stubs.length === 0 && begun - since >= tick
    last = { view, watch, state, trusted, since }
    return view
  }
}

type Watch = ReturnType<typeof createWatch>

const createWatch = () => {
  const folders = new Map<string, string>()
  const reals = new Map<string, string>()
  let onlyNow = false

  /** Watches the nearest folder that is there, in which something must change before `path` does. Call it first. */
  const watchName = (path: string) => {
    for (let folder = dirname(path); ; folder = dirname(folder)) {
      if (folders.has(folder)) return
      const key = folderKey(folder)
      if (key !== null) folders.set(folder, key)
      if (key !== null || folder === '/') return
    }
  }

  const look: LookUp = {
    stat(path) {
      watchName(path)
      return statOrNull(path)
    },
    real(path) {
      const real = realOrNull(path)
      if (real !== null) {
        reals.set(path, real)
        return real
      }
      watchName(path)
      // Looked at again, since it may have appeared before its folder was watched.
      if (realOrNull(path) !== null) onlyNow = true
      return null
    },
    isEmpty(folder) {
      const key = folderKey(folder)
      if (key === null) watchName(folder)
      else if (!folders.has(folder)) folders.set(folder, key)
      return isEmpty(folder)
    },
    onlyNow() {
      onlyNow = true
    },
  }

  const text = (folder: (path: string) => string | null, real: (path: string) => string | null) =>
    [
      ...[...folders.keys()].map((path) => `${path}\0${folder(path)}`),
      ...[...reals.keys()].map((path) => `${path}\0${real(path)}`),
    ].join('\0')

  return {
    look,
    lasting: () => !onlyNow,
    coarse: () => [...folders.values()].some((key) => key.endsWith('000000000')),
    /** The state when it was looked at, and now. */
    seen: () =>
      text(
        (path) => folders.get(path) ?? null,
        (path) => reals.get(path) ?? null,
      ),
    state: () => text(folderKey, nativeReal),
  }
}

const folderKey = (folder: string): string | null => {
  try {
    const found = statSync(folder, { bigint: true })
    return found.isDirectory() ? `${found.dev}:${found.ino}:${found.ctimeNs}` : null
  } catch {
    return null
  }
}

const nativeReal = (path: string): string | null => {
  try {
    return realpathSync.native(path)
  } catch {
    return null
  }
}
