/** Names that commands may have from the host: nothing that carries credentials or makes a program load code. */
const allowed = /^(?:PATH|LANG|LANGUAGE|LC_[A-Z]+|TERM|COLORTERM|NO_COLOR|TZ|CI|USER|LOGNAME)$/u

const fixed: Readonly<Record<string, string>> = {
  SHELL: '/bin/bash',
  TMPDIR: '/tmp',
  PAGER: 'cat',
  GIT_PAGER: 'cat',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
}

/** Folders of PATH in order: absolute ones only, since a relative one would pick up programs from any folder. */
export const pathFolders = (env: Record<string, string | undefined>): string[] =>
  [...new Set((env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin').split(':'))].filter((folder) =>
    folder.startsWith('/'),
  )

/**
 * The environment of a sandboxed command: the allow-list from the host, fixed values, then what the caller asked for.
 * `npm_config_ignore_scripts` is not set: it would silently skip `pretest`, and scripts are inside the boundary anyway.
 */
export const sandboxEnvironment = (
  host: Record<string, string | undefined>,
  home: string,
  extra: Record<string, string> = {},
): Record<string, string> => {
  const result: Record<string, string> = {}
  for (const [name, value] of Object.entries(host)) {
    if (value !== undefined && allowed.test(name)) result[name] = value
  }
  Object.assign(result, fixed, { PATH: pathFolders(host).join(':'), HOME: home })
  for (const [name, value] of Object.entries(extra)) {
    if (/^[A-Za-z_][A-Za-z0-9_]*$/u.test(name) && !value.includes('\0')) result[name] = value
  }
  return result
}

/** Values of the host's environment outside of the allow-list, as far as they are long enough to be recognised. */
export const withheldValues = (host: Record<string, string | undefined>): string[] => {
  const shown = Object.values(sandboxEnvironment(host, '')).join('\n')
  return Object.entries(host).flatMap(([name, value]) =>
    value !== undefined &&
    !allowed.test(name) &&
    value.length >= 16 &&
    !shown.includes(value) &&
    !value.startsWith('/')
      ? [value]
      : [],
  )
}
