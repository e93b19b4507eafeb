import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadConfig } from './config.ts'

let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'cairn-config-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const withFile = (text: string) => {
  const path = join(home, 'c.toml')
  writeFileSync(path, text)
  return { CAIRN_CONFIG: path }
}

test('no file is no configuration', async () => {
  expect(await loadConfig({}, home)).toEqual({})
})

test('the environment is laid over the file', async () => {
  const env = {
    ...withFile('model = "openai/gpt-5.5"\nmax_cost = 2.5\n'),
    CAIRN_MODEL: 'ollama/qwen3',
    CAIRN_MAX_STEPS: '7',
  }
  expect(await loadConfig(env, home)).toEqual({ model: 'ollama/qwen3', max_cost: 2.5, max_steps: 7 })
})

test.each([
  ['modle = "x"', 'unknown setting "modle"', 'Did you mean model?'],
  ['max_cost = "2"', 'max_cost is a number, not "2"', 'Mend the line.'],
  ['model = ', 'is not valid TOML', 'Mend the line'],
])('%s is refused', async (text, message, hint) => {
  await expect(loadConfig(withFile(text), home)).rejects.toMatchObject({
    code: 'bad-config',
    message: expect.stringContaining(message),
    hint: expect.stringContaining(hint),
  })
})

test('a named file that is absent is a mistake', async () => {
  await expect(loadConfig({ CAIRN_CONFIG: join(home, 'absent.toml') }, home)).rejects.toMatchObject({
    code: 'bad-config',
  })
})
