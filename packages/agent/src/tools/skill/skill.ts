import { z } from 'zod'
import { promptText } from '../../prompt-text.ts'
import type { Convention } from '../../skills/convention.ts'
import { defineTool, type Tool } from '../../tool.ts'

/** In UTF-16 code units. */
const LONGEST_DESCRIPTION = 300
const LONGEST_LIST = 6_000

/** The list in the tool's description: bounded, as every request carries it. */
function listed(skills: readonly Convention[]): string {
  const lines: string[] = []
  let length = 0
  for (const { name, description } of skills) {
    const line = `- ${name}: ${description.replaceAll(/\s+/gu, ' ').slice(0, LONGEST_DESCRIPTION)}`
    length += line.length
    if (length > LONGEST_LIST) break
    lines.push(line)
  }
  const more = skills.length - lines.length
  return [...lines, ...(more === 0 ? [] : [`- and ${more} more: call with name "list"`])].join('\n')
}

/** Gives the body of a skill on demand. `load` reads it again, so that what changed since no longer counts. */
export function skillTool(skills: readonly Convention[], load: () => readonly Convention[]): Tool {
  return defineTool({
    name: 'skill',
    description: `${promptText(new URL('./prompt.md', import.meta.url))}\n\nSkills:\n${listed(skills)}`,
    effect: 'read',
    schema: z.strictObject({ name: z.string().min(1).max(80) }),
    run({ name }) {
      const now = load().filter(({ kind }) => kind === 'skill')
      if (name === 'list' && now.every((each) => each.name !== name))
        return { ok: true, output: now.map((each) => `${each.name}: ${each.description}`).join('\n') }
      const found = now.find((each) => each.name === name.toLowerCase())
      if (found !== undefined)
        return {
          ok: true,
          header: `skill ${found.name}, from ${found.path}; the folder of its files`,
          output: found.body,
        }
      const was = skills.some((each) => each.name === name)
      const why = was ? 'changed since the person approved it, and no longer counts' : 'does not exist'
      return {
        ok: false,
        output: `The skill ${name} ${why}. Skills: ${now.map((each) => each.name).join(', ')}.`,
      }
    },
  })
}
