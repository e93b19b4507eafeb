import type { Backend, CommandLine } from './backend.ts'
import { entered, limitScript } from './backend.ts'
import type { Mount } from './mount.ts'

export interface BubblewrapFeatures {
  /** Whether a fresh /proc can be mounted: not where the host's is partly covered, as in most containers. */
  proc: boolean
  /** `--disable-userns`, since 0.8. */
  disableUserns: boolean
  /** `--size`, since 0.6. */
  size: boolean
}

const seccompFd = 3

/**
 * Draws the boundary with the system's `bwrap`; `filter` is a file with the seccomp program, null to go without.
 * `kernelFiles` are those of /proc that uid 0 may write even without capabilities and that this kernel has.
 */
export const bubblewrap = (
  bwrap: string,
  features: BubblewrapFeatures,
  filter: string | null,
  kernelFiles: readonly string[],
): Backend => ({
  name: 'bubblewrap',
  weaker: features.proc ? [] : ['/proc of the host is visible, because a new one cannot be mounted here'],
  command: (line) => ({
    ...entered(line.enter, bwrap, [
      ...bubblewrapArguments(line, features, kernelFiles),
      ...(filter === null ? [] : ['--seccomp', String(seccompFd)]),
      '--',
      ...inside(line),
    ]),
    fds: filter === null ? [] : [{ fd: seccompFd, path: filter }],
  }),
})

const inside = (line: CommandLine) => [
  '/bin/sh',
  '-c',
  limitScript(line.limits, 'exec "$@"'),
  'sh',
  ...line.argv,
]

const bubblewrapArguments = (
  line: CommandLine,
  features: BubblewrapFeatures,
  kernelFiles: readonly string[],
): string[] => {
  const namespaces = line.inNetwork
    ? ['--unshare-user', '--unshare-ipc', '--unshare-pid', '--unshare-uts', '--unshare-cgroup-try']
    : ['--unshare-all', '--unshare-user']
  const args = [...namespaces, '--die-with-parent', '--cap-drop', 'ALL', '--clearenv']
  if (features.disableUserns) args.push('--disable-userns')
  // Without a terminal the launcher is in a session of its own already; this covers callers that do not detach.
  if (!line.terminal) args.push('--new-session')
  for (const [name, value] of Object.entries(line.env)) args.push('--setenv', name, value)
  args.push('--ro-bind', '/', '/', '--dev', '/dev')
  if (features.proc) {
    args.push('--proc', '/proc')
    // bwrap leaves what it believes to be unwritable, but for uid 0 of the host the kernel asks for no capability there.
    for (const path of kernelFiles) args.push('--ro-bind', path, path)
  }
  for (const mount of line.view.mounts) args.push(...mountArguments(mount, line.blank, features))
  args.push('--chdir', line.cwd)
  return args
}

const mountArguments = (mount: Mount, blank: string, features: BubblewrapFeatures): string[] => {
  switch (mount.kind) {
    case 'private':
      return [...(features.size ? ['--size', String(mount.bytes)] : []), '--tmpfs', mount.path]
    case 'blank':
      // A folder in memory that nobody may write to costs a third of a read-only bind.
      return features.size
        ? ['--perms', '0555', '--size', '4096', '--tmpfs', mount.path]
        : ['--ro-bind', blank, mount.path]
    case 'void':
      return ['--ro-bind', '/dev/null', mount.path]
    case 'bind':
      return [mount.write ? '--bind' : '--ro-bind', mount.from, mount.to]
  }
}
