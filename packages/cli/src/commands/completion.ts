import type { Invocation } from '../command.ts'
import { COMMANDS } from '../commands.ts'
import { UsageError } from '../usage-error.ts'

const names = () => COMMANDS.map((command) => command.name).join(' ')
const optionsOf = (command: (typeof COMMANDS)[number]) =>
  Object.keys(command.options).map((name) => `--${name}`)

function bash(): string {
  const cases = COMMANDS.map(
    (command) => `    ${command.name}) words="${optionsOf(command).join(' ')} --help" ;;`,
  ).join('\n')
  return `_cairn() {
  local words current=\${COMP_WORDS[COMP_CWORD]}
  if [ "$COMP_CWORD" -eq 1 ]; then words="${names()} --help --version"; else case \${COMP_WORDS[1]} in
${cases}
    *) words="" ;;
  esac; fi
  case $current in
    -*|"") COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
    *) if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W "$words" -- "$current")); else COMPREPLY=($(compgen -f -- "$current")); fi ;;
  esac
}
complete -F _cairn cairn
`
}

function zsh(): string {
  const described = COMMANDS.map(
    (command) => `    '${command.name}:${command.summary.replaceAll("'", '’').replaceAll(':', '\\:')}'`,
  ).join('\n')
  const cases = COMMANDS.map(
    (command) => `    ${command.name}) compadd -- ${optionsOf(command).join(' ')} --help; _files ;;`,
  ).join('\n')
  return `#compdef cairn
_cairn() {
  local -a commands=(
${described}
  )
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  case $words[2] in
${cases}
  esac
}
compdef _cairn cairn
`
}

function fish(): string {
  const quote = (text: string) => `'${text.replaceAll("'", "\\'")}'`
  const lines = COMMANDS.flatMap((command) => [
    `complete -c cairn -n __fish_use_subcommand -f -a ${command.name} -d ${quote(command.summary)}`,
    ...Object.entries(command.options).map(
      ([name, option]) =>
        `complete -c cairn -n '__fish_seen_subcommand_from ${command.name}' -l ${name}${option.type === 'string' ? ' -r' : ''} -d ${quote(option.help)}`,
    ),
  ])
  return `${lines.join('\n')}\n`
}

const SHELLS: Record<string, () => string> = { bash, zsh, fish }

export async function run({ positionals, io }: Invocation): Promise<number> {
  const script = SHELLS[positionals[0] ?? '']
  if (script === undefined)
    throw new UsageError(
      `no completion for ${JSON.stringify(positionals[0])}`,
      'Known shells: bash, zsh, fish.',
    )
  io.stdout.write(script())
  return 0
}
