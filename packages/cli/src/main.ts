import type { Io } from './command.ts'
import { COMMANDS } from './commands.ts'
import { EXIT } from './exit-code.ts'
import { commandHelp, mainHelp } from './help.ts'
import { LOADERS } from './load-command.ts'
import { nearest } from './nearest.ts'
import { parseCommandLine } from './parse-command-line.ts'
import { UsageError } from './usage-error.ts'
import { VERSION } from './version.ts'

const isTuiOption = (word: string): boolean =>
  word.startsWith('--') &&
  Object.hasOwn(
    COMMANDS.find((each) => each.name === 'tui')?.options ?? {},
    word.slice(2).split('=')[0] ?? '',
  )

async function dispatch(words: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = words
  const interactive = io.stdin?.isTTY === true && io.stdout.isTTY === true
  if ((name === undefined && !interactive) || name === 'help' || name === '--help' || name === '-h') {
    const command = COMMANDS.find((each) => each.name === rest[0])
    io.stdout.write(command === undefined ? mainHelp(COMMANDS, VERSION) : commandHelp(command))
    return EXIT.ok
  }
  if (name === '--version' || name === '-V' || name === 'version') {
    io.stdout.write(`cairn ${VERSION}\n`)
    return EXIT.ok
  }
  // `cairn` alone, and `cairn` with options alone, is the terminal UI.
  const opensTui = name === undefined || isTuiOption(name)
  const called = opensTui ? 'tui' : name
  const command = COMMANDS.find((each) => each.name === called)
  if (command === undefined) {
    if (called.startsWith('-')) throw new UsageError(`unknown option ${name}`, 'See `cairn --help`.')
    const meant = nearest(
      called,
      COMMANDS.map((each) => each.name),
    )
    const hint =
      meant === null
        ? 'See `cairn --help`. A task is given as: cairn run "<task>".'
        : `Did you mean \`cairn ${meant}\`?`
    throw new UsageError(`unknown command ${JSON.stringify(called)}`, hint)
  }
  const invocation = parseCommandLine(command, opensTui ? words : rest)
  if (invocation.values['help'] === true) {
    io.stdout.write(commandHelp(command))
    return EXIT.ok
  }
  const load = LOADERS[command.name]
  if (load === undefined) throw new Error(`nothing is registered for cairn ${command.name}`)
  const { run } = await load()
  return run({ ...invocation, io, call: main })
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
