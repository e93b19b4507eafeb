/** Sections of git's configuration whose keys cannot start a program, apart from those in `programs`. */
const sections = new Set(
  `add advice am apply author blame branch bundle checkout clean clone color column commit committer completion core diff
  extensions feature fetch format gc gitflow github grep gui help http i18n imap index init instaweb interactive lfs log
  mailinfo mailmap maintenance man merge mergetool difftool notes pack pretty protocol pull push rebase receive remote
  rerere reset revert safe showbranch splitindex stash status submodule tag transfer trace2 uploadarchive uploadpack url
  user versionsort worktree alias gpg`.split(/\s+/u),
)

/**
 * Keys that start a program, or read more configuration, and that the command line does not override. Written without
 * the middle part: `diff.*.textconv` is `diff.textconv`.
 */
const programs = new Set(
  `core.gitproxy core.alternaterefscommand core.worktree core.virtualfilesystem diff.command diff.textconv merge.driver
  gc.recentobjectshook remote.uploadpack remote.receivepack remote.vcs uploadpack.packobjectshook receive.procreceiverefs
  extensions.partialclone remote.promisor difftool.cmd mergetool.cmd`.split(/\s+/u),
)

/** Harmless values of keys that would otherwise be refused. */
const isBoolean = (value: string) => /^(?:true|false|yes|no|on|off|0|1|)$/iu.test(value)

/**
 * Why git must not be run with this configuration, or null. `entries` are pairs of a full key, as `git config --list`
 * prints it, and a value. Everything not known to be harmless is refused: filters, includes, credential helpers, trailer
 * and archive commands, and whatever a later git may add.
 */
export const unsafeConfig = (entries: readonly (readonly [key: string, value: string])[]): string | null => {
  for (const [key, value] of entries) {
    const parts = key.split('.')
    const section = (parts[0] ?? '').toLowerCase()
    const name = (parts.at(-1) ?? '').toLowerCase()
    const short = `${section}.${name}`
    if (short === 'core.fsmonitor' && isBoolean(value)) continue
    if (short === 'core.fsmonitor') return `${key} starts a program`
    if (!sections.has(section)) return `${key} is not on the list of harmless settings`
    if (programs.has(short)) return `${key} starts a program or changes where git looks`
    if (section === 'submodule' && name === 'update' && value.startsWith('!'))
      return `${key} starts a program`
  }
  return null
}
