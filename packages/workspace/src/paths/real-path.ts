import { realpathSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'

/**
 * Where a path really leads, relative to `root` with `/`, following the links of its deepest ancestor that exists; outside
 * of the root it begins with `..`. For decisions: what is carried out is located once more, and held open.
 */
export function realPath(root: string, path: string): string {
  const missing: string[] = []
  let probe = resolve(root, path)
  for (;;) {
    try {
      const real = join(realpathSync.native(probe), ...missing)
      return relative(realpathSync.native(root), real).split(sep).join('/')
    } catch {
      if (dirname(probe) === probe) return path
      missing.unshift(probe.slice(dirname(probe).length).replace(/^[\\/]+/u, ''))
      probe = dirname(probe)
    }
  }
}
