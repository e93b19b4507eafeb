import { findConventions, repositoryRoot } from '@cairn/agent'
import { homedir } from 'node:os'
import { oneLine } from '../../output/format.ts'
import { openSessions } from '@cairn/server'
import type { SlashCommand, SlashHost } from './slash-command.ts'

/** Slash commands that the person or the repository wrote, as they are now, and `/skill` where there is a skill. */
export function ownCommands(host: Pick<SlashHost, 'io' | 'cwd'>): SlashCommand[] {
  const { env } = host.io
  const { active, leftOut } = findConventions({
    repositoryRoot: repositoryRoot(host.cwd),
    dataDir: openSessions(env).dataDir,
    env,
    home: env['HOME'] ?? homedir(),
  })
  const send = (line: string, to: SlashHost) => to.send(line.trim())
  const written = active
    .filter(({ kind }) => kind === 'command')
    .map(({ name, description }): SlashCommand => ({
      name,
      summary: oneLine(description, 80),
      usage: '[…]',
      whileWorking: false,
      run: (words, to) => send(`/${name} ${words}`, to),
    }))
  const inactive = leftOut
    .filter(({ kind, name }) => kind === 'command' && !active.some((each) => each.name === name))
    .map(({ name, path, why }): SlashCommand => ({
      name,
      summary: `left out: ${why}`,
      whileWorking: true,
      run: (_words, to) => to.notice('warn', `/${name} (${path}) is left out: ${why}`),
    }))
  const skills = active.filter(({ kind }) => kind === 'skill')
  if (skills.length === 0) return [...written, ...inactive]
  const skill: SlashCommand = {
    name: 'skill',
    summary: 'do something by a skill; /skills lists them',
    usage: 'NAME [TASK]',
    whileWorking: false,
    values: () => skills.map(({ name, description }) => ({ value: name, label: name, description })),
    run: (words, to) =>
      words === '' ? to.notice('warn', 'a name is missing: /skill NAME') : send(`/skill ${words}`, to),
  }
  return [...written, ...inactive, skill]
}
