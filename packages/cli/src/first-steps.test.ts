import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { COMMANDS } from './commands.ts'
import { parseCommandLine } from './parse-command-line.ts'

const page = resolve(import.meta.dirname, '../../../docs/first-steps.md')
const text = readFileSync(page, 'utf8')

test('the first steps are all captured, and name commands and pages that exist', () => {
  const captures = [...text.matchAll(/<!-- capture: (\w+) -->\n(`{3,4})text\n([\s\S]+?)\n\2\n<!-- end -->/gu)]
  expect(captures.map(([, name]) => name)).toEqual([
    'doctor',
    'open',
    'approve',
    'done',
    'undo',
    'resume',
    'commit',
    'export',
  ])
  const typed = [...text.matchAll(/^\$ (.+)$/gmu)].flatMap(([, line = '']) => line.split(/ (?:&&|\|) /u))
  for (const line of typed.filter((each) => each.startsWith('cairn'))) {
    const [, ...words] = line.split(' ')
    const named = COMMANDS.find(({ name }) => name === words[0])
    const command = named ?? COMMANDS.find(({ name }) => name === 'tui')
    if (command === undefined) throw new Error(`there is no ${line}`)
    parseCommandLine(command, named === undefined ? words : words.slice(1))
  }
  expect(typed.length).toBeGreaterThan(6)
  for (const [, target = ''] of text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/gu))
    expect([target, existsSync(join(dirname(page), target))]).toEqual([target, true])
  // Nothing of the machine that it was captured on.
  expect(text).not.toMatch(/\/tmp\/|\/home\/|\/root|user:root/u)
})
