import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Io } from './command.ts'
import { COMMANDS } from './commands.ts'
import { main } from './main.ts'
import { VERSION } from './version.ts'

async function cairn(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = ''
  let err = ''
  const io: Io = {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    env: {},
    cwd: () => '/',
    on: () => undefined,
    off: () => undefined,
    exit: (code) => {
      throw new Error(`exit ${code}`)
    },
  }
  const code = await main(words, io)
  return { code, out, err }
}

test('the version is that of the package', async () => {
  const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as {
    version: string
  }
  expect(VERSION).toBe(manifest.version)
  expect((await cairn('--version')).out).toBe(`cairn ${VERSION}\n`)
})

test('the help names every command, and every command has help with examples', async () => {
  const { out } = await cairn('--help')
  for (const command of COMMANDS) {
    expect(out).toContain(`  ${command.name} `)
    const help = (await cairn(command.name, '--help')).out
    expect(help).toContain(`Usage: ${command.usage}`)
    expect(help).toContain('Examples:\n  ')
    for (const option of Object.keys(command.options)) expect(help).toContain(`--${option}`)
  }
})

test.each([
  [['rnu'], 'cairn: unknown command "rnu"\n  Did you mean `cairn run`?\n'],
  [['--verison'], 'cairn: unknown option --verison\n  See `cairn --help`.\n'],
  [
    ['run', '--jsn', 'x'],
    'cairn: unknown option --jsn for `cairn run`\n  Did you mean --json? See `cairn run --help`.\n',
  ],
  [['run', ''], 'cairn: the task is empty\n  For example: cairn run "make the failing tests pass"\n'],
  [['completion', 'tcsh'], 'cairn: no completion for "tcsh"\n  Known shells: bash, zsh, fish.\n'],
])('wrong words %j end with 2 and advice', async (words, text) => {
  expect(await cairn(...words)).toEqual({ code: 2, out: '', err: text })
})

test.each(['bash', 'zsh', 'fish'])('completion for %s names all commands', async (shell) => {
  const { out, code } = await cairn('completion', shell)
  expect(code).toBe(0)
  for (const command of COMMANDS) expect(out).toContain(command.name)
})
