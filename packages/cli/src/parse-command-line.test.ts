import { expect, test } from 'vitest'
import type { CommandSpec } from './command.ts'
import { COMMANDS } from './commands.ts'
import { numberOption, parseCommandLine } from './parse-command-line.ts'
import { UsageError } from './usage-error.ts'

const command = (name: string): CommandSpec => {
  const found = COMMANDS.find((each) => each.name === name)
  if (found === undefined) throw new Error(`no command ${name}`)
  return found
}

function refusal(name: string, words: string[]): string {
  try {
    parseCommandLine(command(name), words)
  } catch (error) {
    if (error instanceof UsageError) return `${error.message} | ${error.hint ?? ''}`
    throw error
  }
  return 'accepted'
}

test('the contract of cairn run', () => {
  const words = [
    '--cwd',
    'd',
    '--model',
    'p/m',
    '--base-url',
    'http://x',
    '--wire',
    'chat',
    '--context-window',
    '8000',
    '--check',
    'npm test',
  ]
  const { values, positionals } = parseCommandLine(command('run'), [
    ...words,
    '--max-steps',
    '3',
    '--max-cost',
    '0.5',
    '--timeout',
    '9',
    '--json',
    'the task',
  ])
  expect(values).toEqual({
    cwd: 'd',
    model: 'p/m',
    'base-url': 'http://x',
    wire: 'chat',
    'context-window': '8000',
    check: 'npm test',
    'max-steps': '3',
    'max-cost': '0.5',
    timeout: '9',
    json: true,
  })
  expect(positionals).toEqual(['the task'])
})

test('a task may begin with dashes after --', () => {
  expect(parseCommandLine(command('run'), ['--json', '--', '--is this a task?']).positionals).toEqual([
    '--is this a task?',
  ])
})

test.each([
  ['run', ['--modle', 'x', 'task'], 'unknown option --modle for `cairn run` | Did you mean --model?'],
  ['run', [], '`cairn run` needs more'],
  ['run', ['two', 'words'], 'too many words for `cairn run`: words | Put the task in quotes.'],
  ['run', ['--model'], '--model'],
  ['sessions', ['--jsno'], 'Did you mean --json?'],
])('%s %j is refused with advice', (name, words, text) => {
  expect(refusal(name, words)).toContain(text)
})

test.each([
  ['0', 'at least 1'],
  ['1.5', 'a whole number'],
  ['abc', 'not "abc"'],
  ['', 'not ""'],
])('a number that is %j is refused', (value, text) => {
  expect(() => numberOption({ n: value }, 'n', { integer: true, least: 1 })).toThrow(text)
})
