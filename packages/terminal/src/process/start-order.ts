import type { Launch } from '@cairn/guard'
import { quote } from './quote.ts'

/** A launch with its standard streams, all by name. */
export interface StartOrder {
  launch: Launch
  /** Null: `/dev/null`. */
  stdin: string | null
  /** Takes standard output and error. */
  stdout: string
  /** Opened for reading as the descriptor after those of the launch. */
  command: string | null
}

/** The descriptor that the shell reports to; no launch has so many. */
const reportFd = 200

/**
 * The order as text for the shell that carries it out; null where a shell cannot do exactly the same as a direct start.
 * The braces become a process of their own, whose group the launcher stays in. It reports `s` and its number once all
 * files are open, `f` where one could not be opened, `e` and the exit code at the end. The launcher runs in the
 * foreground, because a shell makes what is in the background ignore interrupts.
 */
export const startScript = (id: number, order: StartOrder, run: string): string | null => {
  const { launch } = order
  const fds = launch.fds.map(({ fd, path }) => `${fd}<${quote(path)}`)
  // Other variables may mean something to the shell itself.
  if (!launch.file.startsWith('/') || Object.keys(launch.env).some((name) => name !== 'PATH')) return null
  if (launch.fds.some(({ fd }) => fd < 3 || fd > 99)) return null
  if (order.command !== null) fds.push(`${3 + launch.fds.length}<${quote(order.command)}`)
  const env = Object.entries(launch.env).map(([name, value]) => `export ${name}=${quote(value)}`)
  const open = [`0<${quote(order.stdin ?? '/dev/null')}`, `1>${quote(order.stdout)}`, ...fds].join(' ')
  return `{
${['set +m', ...env].join('; ')}
cd -- ${quote(launch.cwd)} && exec ${open} && echo "s ${id} $BASHPID" >&${reportFd} || { echo "f ${id}" >&${reportFd}; exit; }
${run}
echo "e ${id} $?" >&${reportFd}
} &
`
}

/** The command of the launcher alone: nothing but its own descriptors reaches it. */
export const runScript = (launch: Launch): string =>
  `${[launch.file, ...launch.args].map(quote).join(' ')} 2>&1 ${reportFd}>&-`

/**
 * What the shell does: carries out texts that come with their length in front, each as soon as it is there; when no more
 * can come, because whoever sends them has gone, it ends all that it has started. `set -m` puts each into a group of its
 * own; it would keep a copy of standard error open for ever, if there were one.
 */
export const serveScript = `exec ${reportFd}>&1 1>&- 2>&-
set -m
exec 2>/dev/null 1>&2
export -n PWD OLDPWD SHLVL
while IFS= read -r -N 8 size && IFS= read -r -N "$size" order; do eval "$order"; done
for job in $(jobs -rp); do kill -KILL -- "-$job"; done`
