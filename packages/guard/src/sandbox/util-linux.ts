import type { Backend, CommandLine } from './backend.ts'
import { entered, limitScript } from './backend.ts'
import type { Mount } from './mount.ts'

export interface UtilLinuxTools {
  unshare: string
  setpriv: string
  mount: string
  chroot: string
  /** Loads the seccomp filter and brings the loopback interface up; without it neither happens. */
  perl: string | null
  /** Brings the loopback interface up where there is no perl. */
  ip: string | null
}

/** Number of the system call prctl by `process.arch`. */
const prctlNumbers: Readonly<Record<string, number>> = { x64: 157, arm64: 167 }

export interface UtilLinuxFeatures {
  /** Whether a user namespace is needed: for everyone but root with all capabilities. */
  userNamespace: boolean
  proc: boolean
}

/**
 * Draws the boundary with util-linux alone, for machines without bubblewrap. A shell script given as an argument mounts
 * the view at `root` (an empty host folder) in a private mount namespace, all mounts in one call of `mount`, which takes
 * its table from a regular file only: `saveTable` keeps it in the hidden data folder.
 * `chroot` instead of `pivot_root` on purpose: the kernel lets no chrooted process create a user namespace.
 */
export const utilLinux = (input: {
  tools: UtilLinuxTools
  features: UtilLinuxFeatures
  /** Host folders: the mount point of the view, and a template of /dev. */
  root: string
  devices: string
  /** The seccomp program, null to go without. */
  filter: Buffer | null
  /** As `process.arch`. */
  arch: string
  /** Those of `kernelFiles` that this kernel has. */
  kernelFiles: readonly string[]
  /** Mount points of the host in order, from mountinfo. */
  hostMounts: () => readonly string[]
  /** Stores the text under a name that depends on it, and returns the path. */
  saveTable: (text: string) => string
}): Backend => {
  const { tools, features, root, devices, filter } = input
  const prctl = prctlNumbers[input.arch]
  const loadsFilter = tools.perl !== null && filter !== null && prctl !== undefined
  const weaker: string[] = []
  if (!loadsFilter)
    weaker.push('no system call filter: perl, which would load it, is missing or the processor is unknown')
  if (!loadsFilter && tools.ip === null)
    weaker.push('the loopback interface is down, because perl and ip are missing')
  if (!features.proc) weaker.push('/proc of the host is visible, because a new one cannot be mounted here')
  return {
    name: 'util-linux',
    weaker,
    command: (line) => {
      const rows = mountTable({
        line,
        root,
        devices,
        proc: features.proc,
        kernelFiles: input.kernelFiles,
        hostMounts: input.hostMounts(),
      })
      const drop = [
        tools.setpriv,
        '--no-new-privs',
        '--bounding-set=-all',
        '--inh-caps=-all',
        '--ambient-caps=-all',
      ]
      const env = Object.entries(line.env).map(([name, value]) => `${name}=${value}`)
      const init = ['/bin/sh', '-c', limitScript(line.limits, initScript), 'sh', line.cwd, ...line.argv]
      const enter = loadsFilter
        ? [
            tools.perl ?? '',
            '-e',
            perlScript,
            root,
            String(prctl),
            filter.toString('hex'),
            String(env.length),
            ...env,
            ...drop,
            ...init,
          ]
        : [tools.chroot, root, ...drop, '/usr/bin/env', '-i', ...env, ...init]
      const namespaces = ['--mount', '--pid', '--ipc', '--uts', '--cgroup', '--fork', '--kill-child']
      if (!line.inNetwork) namespaces.unshift('--net')
      if (features.userNamespace) namespaces.unshift('--user', '--map-root-user')
      return {
        ...entered(line.enter, tools.unshare, [
          ...namespaces,
          '--',
          '/bin/sh',
          '-c',
          mountScript,
          'sh',
          tools.mount,
          input.saveTable(rows),
          (loadsFilter ? null : tools.ip) ?? '',
          ...enter,
        ]),
        fds: [],
      }
    },
  }
}

const mountScript = `"$1" -a -T "$2" || exit 125
[ -z "$3" ] || "$3" link set lo up
shift 3
exec "$@"`

/**
 * The first process of the PID namespace: waits for the command and reaps what it leaves. It goes on as a parent instead
 * of becoming the command, because the kernel withholds default signal actions from the first process.
 */
const initScript = `cd "$1" || exit 125
shift
exec 9>&2 2>/dev/null
"$@" 2>&9 9>&-
exit $?`

/** chroot, loopback up (SIOCSIFFLAGS), environment, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP; then the next program. */
const perlScript = `my ($root, $prctl, $hex, $count) = splice @ARGV, 0, 4;
chroot $root and chdir "/" or exit 125;
if (socket my $s, 2, 2, 0) { my $up = pack "a16 s x22", "lo", 0x41; ioctl $s, 0x8914, $up }
%ENV = map { split /=/, $_, 2 } splice @ARGV, 0, $count;
my $filter = pack "H*", $hex;
my $program = pack "S x![L!] P", length($filter) / 8, $filter;
syscall($prctl, 38, 1, 0, 0, 0) == 0 and syscall($prctl, 22, 2, $program, 0, 0) == 0 or exit 125;
exec { $ARGV[0] } @ARGV;
exit 125`

/** The view as lines of an fstab. Everything is mounted below `root`, in order. */
const mountTable = (input: {
  line: CommandLine
  root: string
  devices: string
  proc: boolean
  kernelFiles: readonly string[]
  hostMounts: readonly string[]
}): string => {
  const { line, root, devices } = input
  const rows: string[] = []
  const add = (from: string, to: string, type: string, options: string) =>
    rows.push(`${escape(from)} ${escape(root + to)} ${type} ${options} 0 0`)

  const bind = (from: string, to: string, write: boolean, create = false) =>
    add(from, to, 'none', `rbind,nosuid,nodev${write ? '' : ',ro'}${create ? ',X-mount.mkdir' : ''}`)

  rows.push(`/ ${escape(root)} none rbind,ro,nosuid,nodev 0 0`)
  // A read-only bind does not reach mounts below it, so each is bound again on itself.
  for (const path of input.hostMounts) bind(root + path, path, false)
  bind(devices, '/dev', false)
  for (const name of deviceNames) add(`/dev/${name}`, `/dev/${name}`, 'none', 'rbind')
  add(fresh, '/dev/pts', 'devpts', 'newinstance,ptmxmode=0666,mode=620')
  add(fresh, '/dev/shm', 'tmpfs', `nosuid,nodev,size=${line.limits.tmpBytes}`)
  if (input.proc) add(fresh, '/proc', 'proc', 'nosuid,nodev,noexec')
  // Without capabilities uid 0 still owns what is in /proc, so all of it, or its writable parts, are read-only.
  for (const path of input.proc ? input.kernelFiles : ['/proc']) bind(root + path, path, false)
  for (const mount of line.view.mounts) addMount(mount)
  return `${rows.join('\n')}\n`

  function addMount(mount: Mount) {
    if (mount.kind === 'private') {
      const mode = mount.path === '/tmp' || mount.path === '/var/tmp' ? '1777' : '755'
      add(fresh, mount.path, 'tmpfs', `nosuid,nodev,size=${mount.bytes},mode=${mode},X-mount.mkdir`)
    } else if (mount.kind === 'blank') bind(line.blank, mount.path, false)
    else if (mount.kind === 'void') bind('/dev/null', mount.path, false)
    else bind(mount.from, mount.to, mount.write, mount.create)
  }
}

/** `mount -a` skips what the same source has already mounted there; the host's mounts go by other names. */
const fresh = 'sandbox'

/** Devices that programs expect; the host's /dev, with its disks, is not shown. */
export const deviceNames = ['null', 'zero', 'full', 'random', 'urandom', 'tty'] as const

/** Parts of /proc that uid 0 may write even without capabilities. */
export const kernelFiles = [
  '/proc/sys',
  '/proc/sysrq-trigger',
  '/proc/irq',
  '/proc/bus',
  '/proc/fs',
  '/proc/mtrr',
]

/** fstab writes blanks and backslashes in octal. */
const escape = (path: string) =>
  path.replace(/[\s\\#]/gu, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`)
