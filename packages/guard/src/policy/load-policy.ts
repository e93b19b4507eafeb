import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { GuardError } from '../errors.ts'
import { builtinLayer } from './builtin-layer.ts'
import { parsePolicy } from './parse-policy.ts'
import type { LayerName, PolicyLayer } from './rule.ts'

/** Where the layers of a policy are read from. */
export interface PolicyFiles {
  managed: string
  user: string
  project: string
}

/** The usual places. No variable moves the managed one: whoever could set it could lift what it says. */
export function policyFiles(
  env: Readonly<Record<string, string | undefined>>,
  home: string,
  workspace: string,
): PolicyFiles {
  const config = env['XDG_CONFIG_HOME'] ?? join(home, '.config')
  return {
    managed: '/etc/cairn/policy.json',
    user: join(config, 'cairn', 'policy.json'),
    project: join(workspace, '.cairn', 'policy.json'),
  }
}

const largest = 1 << 20

/**
 * Reads every layer, the strongest first. A file that is absent is fine. One that is invalid, or that somebody else could
 * have written, throws `GuardError` `bad-policy`: nothing may run on defaults then. `root` is the owner of a managed file.
 */
export function loadPolicy(files: PolicyFiles, root = 0): PolicyLayer[] {
  const own = process.getuid?.() ?? root
  const layers = [
    readLayer('managed', files.managed, [root]),
    readLayer('user', files.user, [root, own]),
    // Anybody may have written a project's file, which is why it can only narrow.
    readLayer('project', files.project, null),
  ]
  return [...layers.filter((layer) => layer !== null), builtinLayer]
}

function readLayer(name: LayerName, file: string, owners: readonly number[] | null): PolicyLayer | null {
  let fd: number
  try {
    fd = openSync(
      file,
      constants.O_RDONLY | constants.O_NONBLOCK | (name === 'user' ? 0 : constants.O_NOFOLLOW),
    )
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    return refuse(file, `cannot be read (${String(code)})`, error)
  }
  try {
    const stat = fstatSync(fd)
    if (!stat.isFile()) return refuse(file, 'is not a file')
    if (stat.size > largest) return refuse(file, 'is larger than 1 MiB')
    if (owners !== null && process.platform !== 'win32') {
      for (const [path, found] of [
        [file, stat],
        [dirname(file), statSync(dirname(file))],
      ] as const) {
        if (!owners.includes(found.uid))
          return refuse(path, `belongs to user ${found.uid}, not to ${owners.join(' or ')}`)
        if ((found.mode & 0o022) !== 0)
          return refuse(path, `can be written by others (mode ${(found.mode & 0o777).toString(8)})`)
      }
    }
    return parsePolicy(readFileSync(fd, 'utf8'), name, file)
  } finally {
    closeSync(fd)
  }
}

function refuse(path: string, what: string, cause?: unknown): never {
  throw new GuardError(
    'bad-policy',
    `The policy ${path} ${what}`,
    'Nothing is run without it. Give it to its owner with chown, and take the rights of others with chmod go-w.',
    { cause },
  )
}
