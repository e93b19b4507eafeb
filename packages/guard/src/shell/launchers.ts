/** Builtins that run text, change what names mean, or compute their arguments. Source: bash(1), SHELL BUILTIN COMMANDS. */
const evaluating = new Set(
  `. source eval exec trap command builtin enable alias unalias hash set shopt export declare typeset local readonly
   unset let [ [[ test printf read readarray mapfile getopts bind complete compgen compopt fc history jobs wait coproc
   time function select dirs pushd popd cd ulimit umask suspend logout exit return break continue shift times caller`.split(
    /\s+/u,
  ),
)

/** Programs that run other programs, or programs in another language, named by their arguments. */
const wrappers = new Set(
  `env nohup xargs timeout nice ionice setsid stdbuf busybox toybox watch parallel sudo doas su runuser chroot unshare
   nsenter flock strace ltrace gdb script scriptreplay expect ssh scp rsync sh bash dash zsh ksh fish csh tcsh python
   python2 python3 perl ruby node deno bun lua php awk gawk mawk nawk vi vim nvim ed ex emacs less more man tclsh
   osascript powershell pwsh make entr at batch crontab systemd-run taskset chrt prlimit setpriv firejail bwrap
   proxychains socat nc ncat start-stop-daemon run-parts find-exec unbuffer rlwrap dbus-run-session xvfb-run pkexec
   npx pnpx bunx uvx pipx docker podman kubectl catchsegv ld.so gcc g++ cc clang m4 screen tmux wall write mail`.split(
    /\s+/u,
  ),
)

/** Options with which programs that only read start others, or write. Source: their manuals. */
const options: readonly { program: string; option: RegExp; why: string }[] = [
  {
    program: 'git',
    option:
      /^(?:-c|-C|--exec-path|--git-dir|--work-tree|--config-env|--namespace|--paginate|-p|--ext-diff|--textconv|--output|-O|--open-files-in-pager|--upload-pack|--receive-pack|--exec)(?:=|$)|^-O/u,
    why: 'starts programs or moves the repository',
  },
  {
    program: 'git',
    option:
      /^(?:branch|tag|remote|stash|config|notes|worktree|bisect|submodule|filter-branch|rebase|am|difftool|mergetool|grep)$/u,
    why: 'has forms that write or start programs',
  },
  {
    program: 'find',
    option: /^-(?:exec|execdir|ok|okdir|delete|fprint0?|fprintf|fls|files0-from)$/u,
    why: 'starts programs or writes',
  },
  { program: 'fd', option: /^(?:-x|-X|--exec|--exec-batch)/u, why: 'starts programs' },
  {
    program: 'rg',
    option: /^(?:--pre|--hostname-bin|--search-zip)(?:=|$)|^-[A-Za-z]*z/u,
    why: 'starts programs',
  },
  { program: 'grep', option: /^(?:-f|--file|-P|--perl-regexp)/u, why: 'reads further files' },
  {
    program: 'sed',
    option: /^-[A-Za-z]*[ifs]|^--(?:in-place|file|separate)|[ewWrR]/u,
    why: 'has scripts that write and start programs',
  },
  {
    program: 'sort',
    option: /^(?:-[A-Za-z]*[oTS]|--output|--compress-program|--files0-from|--temporary-directory)/u,
    why: 'writes or starts programs',
  },
  { program: 'diff', option: /^(?:--to-file|--from-file|--output)/u, why: 'reads further files' },
  {
    program: 'tar',
    option:
      /^(?:--to-command|--use-compress-program|--checkpoint-action|--rsh-command|--info-script|--new-volume-script|-[A-Za-z]*[IFxcru])/u,
    why: 'writes or starts programs',
  },
  { program: 'wc', option: /^--files0-from/u, why: 'reads further files' },
  { program: 'du', option: /^--files0-from/u, why: 'reads further files' },
  { program: 'date', option: /^(?:-s|--set|-f|--file)/u, why: 'sets the clock or reads files' },
  { program: 'tee', option: /^/u, why: 'writes' },
  { program: 'uniq', option: /^[^-]/u, why: 'writes to its second argument' },
  { program: 'tail', option: /^(?:-[A-Za-z]*[fF]|--follow|--retry)/u, why: 'never ends' },
  {
    program: 'file',
    option: /^(?:-C|--compile|-m|--magic-file|-f|--files-from)/u,
    why: 'writes or reads further files',
  },
  { program: 'tree', option: /^(?:-o|-R)/u, why: 'writes' },
  { program: 'xxd', option: /^-r/u, why: 'writes' },
  { program: 'hostname', option: /^/u, why: 'sets the name' },
]

const base = (name: string): string => name.slice(name.lastIndexOf('/') + 1)

/** Whether a builtin of the shell evaluates its arguments or changes what later names mean. */
export const isEvaluating = (name: string): boolean => evaluating.has(name)

/** Whether a program starts others that its arguments name. */
export const isWrapper = (name: string): boolean =>
  wrappers.has(base(name).replace(/[\d.]+$/u, '')) || wrappers.has(base(name))

/** The first option with which a program does more than it is known for; null where nothing is known against it. */
export function launchingOption(
  name: string,
  args: readonly (string | null)[],
): { word: string; detail: string } | null {
  for (const { program, option, why } of options) {
    if (base(name) !== program) continue
    const found = args.find((arg) => arg !== null && option.test(arg))
    if (found !== undefined && found !== null) return { word: found, detail: `${program} ${found} ${why}` }
  }
  return null
}

/** Shells whose `-c` text is read like a line of its own. */
export const shellScript = (argv: readonly (string | null)[]): string | null => {
  const [name, ...rest] = argv
  if (name === undefined || name === null || !/^(?:ba|da|z|k|a)?sh$/u.test(base(name))) return null
  const at = rest.findIndex((arg) => arg !== null && /^-[A-Za-z]*c[A-Za-z]*$/u.test(arg))
  return at < 0 ? null : (rest[at + 1] ?? null)
}
