type Argv = readonly (string | null)[]

/** How each package manager says that something is to be fetched: the words after its name. */
const INSTALLS: readonly { program: RegExp; verbs: readonly RegExp[] }[] = [
  { program: /^(?:npm|pnpm|bun|yarn)$/u, verbs: [/^(?:install|i|add|in|isntall|update|up|upgrade)$/u] },
  { program: /^yarn$/u, verbs: [/^global$/u, /^add$/u] },
  { program: /^(?:pip|pip3|pipx)$/u, verbs: [/^(?:install|download|run)$/u] },
  { program: /^uv$/u, verbs: [/^(?:add)$/u] },
  { program: /^uv$/u, verbs: [/^(?:pip|tool)$/u, /^(?:install|run)$/u] },
  {
    program: /^(?:poetry|pdm|cargo|gem|brew|go|apk|apt|apt-get|dnf|yum|composer|deno|mix|conda|mamba)$/u,
    verbs: [/^(?:add|install|get|require)$/u],
  },
  { program: /^dotnet$/u, verbs: [/^add$/u, /^package$/u] },
]
/** Programs that fetch what they run. */
const RUNS: readonly { program: RegExp; verbs: readonly RegExp[] }[] = [
  { program: /^(?:npx|bunx|pnpx|uvx)$/u, verbs: [] },
  { program: /^(?:npm|pnpm|yarn|bun)$/u, verbs: [/^(?:exec|x|dlx|create|init)$/u] },
]
/** Options whose next word names no package. */
const TAKES_WORD =
  /^(?:-r|--requirement|-c|--constraint|-e|--editable|-C|--prefix|--dir|-w|--workspace|-F|--filter|--registry|-i|--index-url|--extra-index-url|--features|--path|--target|-t|--root|-D=.*)$/u

/** The name of a package without its version, extras or quotes; null for what lies on this machine. */
function nameOf(word: string): string | null {
  if (
    /^(?:\.{0,2}\/|\.$|~|file:|link:|workspace:)/u.test(word) ||
    /\.(?:whl|tgz|tar\.gz|txt|toml)$/u.test(word)
  )
    return null
  const bare = word.replace(/^(?:npm|jsr):/u, '')
  const scoped = /^(@[\w.-]+\/[\w.-]+|[\w.-]+(?:\/[\w.-]+)*)/u.exec(bare)?.[1]
  return scoped ?? word
}

function after(argv: Argv, verbs: readonly RegExp[]): number | null {
  let at = 1
  for (const verb of verbs) {
    while (argv[at]?.startsWith('-') === true) at += TAKES_WORD.test(argv[at] ?? '') ? 2 : 1
    if (!verb.test(argv[at] ?? '')) return null
    at += 1
  }
  return at
}

/** The packages that a command would fetch, by name; what only the shell knows counts as it is written. */
export function installed(argv: Argv, words: readonly string[]): string[] {
  const program = argv[0] ?? ''
  const names = (from: number, most: number): string[] => {
    const found: string[] = []
    for (let at = from; at < argv.length && found.length < most; at++) {
      const arg = argv[at] ?? words[at] ?? '?'
      if (arg.startsWith('-') || TAKES_WORD.test(argv[at - 1] ?? '')) continue
      const name = nameOf(arg)
      if (name !== null) found.push(name)
      else if (most === 1) return []
    }
    return found
  }
  for (const { program: fits, verbs } of INSTALLS) {
    const at = fits.test(program) ? after(argv, verbs) : null
    if (at !== null) return names(at, 100)
  }
  for (const { program: fits, verbs } of RUNS) {
    const at = fits.test(program) ? after(argv, verbs) : null
    if (at !== null) return names(at, 1)
  }
  return []
}
