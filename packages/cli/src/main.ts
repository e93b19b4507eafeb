import type { Io } from './command.ts'
import { COMMANDS } from './commands.ts'
import { EXIT } from './exit-code.ts'
import { commandHelp, mainHelp } from './help.ts'
import { LOADERS } from './load-command.ts'
import { nearest } from './nearest.ts'
import { parseCommandLine } from './parse-command-line.ts'
import { UsageError } from './usage-error.ts'
import { VERSION } from './version.ts'

async function dispatch(words: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = words
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    const command = COMMANDS.find((each) => each.name === rest[0])
    io.stdout.write(command === undefined ? mainHelp(COMMANDS, VERSION) : commandHelp(command))
    return EXIT.ok
  }
  if (name === '--version' || name === '-V' || name === 'version') {
    io.stdout.write(`cairn ${VERSION}\n`)
    return EXIT.ok
  }
  const command = COMMANDS.find((each) => each.name === name)
  if (command === undefined) {
    if (name.startsWith('-')) throw new UsageError(`unknown option ${name}`, 'See `cairn --help`.')
    const meant = nearest(
      name,
      COMMANDS.map((each) => each.name),
    )
    const hint =
      meant === null
        ? 'See `cairn --help`. A task is given as: cairn run "<task>".'
        : `Did you mean \`cairn ${meant}\`?`
    throw new UsageError(`unknown command ${JSON.stringify(name)}`, hint)
  }
  const invocation = parseCommandLine(command, rest)
  if (invocation.values['help'] === true) {
    io.stdout.write(commandHelp(command))
    return EXIT.ok
  }
  const load = LOADERS[command.name]
  if (load === undefined) throw new Error(`nothing is registered for cairn ${command.name}`)
  const { run } = await load()
  return run({ ...invocation, io })
}

/** Runs one command line and gives the exit code. The only place where an unexpected error ends. */
export async function main(words: readonly string[], io: Io): Promise<number> {
  try {
    return await dispatch(words, io)
  } catch (error) {
    const { describeError } = await import('./output/describe-error.ts')
    const { text, code } = describeError(error, io.env['CAIRN_DEBUG'] !== undefined)
    io.stderr.write(text)
    return code
  }
}
