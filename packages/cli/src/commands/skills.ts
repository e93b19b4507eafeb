import { findConventions, repositoryRoot } from '@cairn/agent'
import { escapeForDisplay } from '@cairn/guard'
import { homedir } from 'node:os'
import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Invocation } from '../command.ts'
import { oneLine } from '../output/format.ts'
import { stringOption } from '../parse-command-line.ts'
import { openSessions } from '@cairn/server'

/** Lists the skills, slash commands and agents of this folder, and those that do not count. */
export async function run({ io, values }: Invocation): Promise<number> {
  const cwd = realpathSync(resolve(io.cwd(), stringOption(values, 'cwd') ?? '.'))
  const { active, leftOut } = findConventions({
    repositoryRoot: repositoryRoot(cwd),
    dataDir: openSessions(io.env).dataDir,
    env: io.env,
    home: io.env['HOME'] ?? homedir(),
  })
  const write = (text: string) => io.stdout.write(`${escapeForDisplay(text)}\n`)
  if (values['json'] === true) {
    for (const { body: _body, ...each } of active)
      io.stdout.write(`${JSON.stringify({ ...each, active: true })}\n`)
    for (const each of leftOut) io.stdout.write(`${JSON.stringify({ ...each, active: false })}\n`)
    return 0
  }
  if (active.length + leftOut.length === 0)
    write('There are no skills, commands or agents; see docs/skills.md.')
  for (const { kind, name, description, path } of active)
    write(`${kind.padEnd(7)}  ${name.padEnd(20)}  ${oneLine(description, 60)}  (${path})`)
  for (const { kind, name, path, why } of leftOut) write(`left out ${kind} ${name} (${path}): ${why}`)
  return 0
}
