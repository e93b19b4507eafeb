import { describe, expect, it } from 'vitest'
import { declaredCheck, isRepairTask, namedCheck } from './find-task.ts'

describe('isRepairTask', () => {
  it.each([
    'Fix the failing test',
    'make npm test green',
    'Please fix it: what is wrong?',
    'The suite is red',
    'How do I fix this crash?',
  ])('takes: %s', (text) => expect(isRepairTask(text)).toBe(true))

  it.each([
    'What does this project do?',
    'Add a login page',
    'Explain the tests',
    'Write a changelog',
    'Hello',
  ])('leaves: %s', (text) => expect(isRepairTask(text)).toBe(false))
})

describe('namedCheck', () => {
  const named = (everything: string) =>
    namedCheck({ tools: new Set(), answers: 0, steps: [], userTexts: [], everything })

  it('finds the check wherever it is named', () => {
    expect(named('Not accepted as finished: the check `node run.js` is red')).toBe('node run.js')
    expect(named('{"text":"The check command is `npm run verify`"}')).toBe('npm run verify')
    expect(named('cairn run --check "npm test -- a"')).toBe('npm test -- a')
    expect(named('nothing here')).toBeNull()
  })
})

describe('declaredCheck', () => {
  it('does not take the placeholder', () => {
    expect(declaredCheck('{"scripts":{"test":"node --test"}}')).toBe('npm test')
    expect(declaredCheck('{"scripts":{"test":"echo \\"Error: no test specified\\" && exit 1"}}')).toBeNull()
    expect(declaredCheck('no json')).toBeNull()
  })
})
