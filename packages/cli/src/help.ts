import type { CommandSpec } from './command.ts'

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.min(30, Math.max(...rows.map(([left]) => left.length)))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n')
}

export function commandHelp(command: CommandSpec): string {
  const options = Object.entries(command.options).map(([name, option]): [string, string] => {
    const short = option.short === undefined ? '' : `-${option.short}, `
    return [`${short}--${name}${option.value === undefined ? '' : ` ${option.value}`}`, option.help]
  })
  const parts = [`cairn ${command.name}: ${command.summary}`, `Usage: ${command.usage}`]
  if (options.length > 0) parts.push(`Options:\n${table(options)}`)
  parts.push(`Examples:\n${command.examples.map((line) => `  ${line}`).join('\n')}`)
  if (command.notes !== undefined) parts.push(command.notes)
  return `${parts.join('\n\n')}\n`
}

export function mainHelp(commands: readonly CommandSpec[], version: string): string {
  return `cairn ${version}: a coding agent that stays coherent over long engineering tasks

Usage: cairn <command> [options]
       cairn [options]                the terminal UI, in a terminal

Commands:
${table(commands.map((command) => [command.name, command.summary]))}

Options:
${table([
  ['-h, --help', 'This text, or that of a command.'],
  ['-V, --version', 'The version.'],
])}

Examples:
  cairn demo                                  see it mend a small project, with no key and no network
  cairn run "make the failing tests pass"     work in the present folder
  cairn resume --last                         go on where the last session stopped
  cairn doctor                                what works on this machine

Without a configured model the embedded engine works: it mends failing checks of JavaScript and TypeScript projects.
Set OPENAI_API_KEY, ANTHROPIC_API_KEY or GEMINI_API_KEY, or give --model, for everything else.

Exit codes: 0 done, or ended normally without a check · 1 failed · 2 usage · 3 blocked or done with open items ·
4 budget · 5 refused by policy, or no sandbox · 130 cancelled
`
}
