import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { call, cliRig, exec, SYSTEM_NODE, type CliResult } from './testing/cli-rig.ts'

const CHECK = 'test "$(cat answer.txt)" = 42'
const FILES = { 'answer.txt': '41\n' }
const finish = (fields: object = {}) => call('finish', { summary: 'it is 42', ...fields })
const fix = call('edit', { path: 'answer.txt', old: '41', new: '42' })

/** What holds for every run with --json, however it ends. */
function expectWhole({ events, out, err }: CliResult): void {
  expect(out.split('\n').filter((line) => line !== '')).toHaveLength(events.length)
  expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1))
  for (const event of events)
    expect(event).toMatchObject({
      v: 1,
      session: events[0]?.['session'],
      time: expect.any(Number),
      turn: expect.any(Number),
    })
  expect(events[0]?.type).toBe('session.started')
  expect(events.at(-1)?.type).toBe('session.finished')
  expect(err).not.toMatch(/\n {4}at /)
}

test.each([
  ['directly', []],
  ['by the Node of the system', [SYSTEM_NODE]],
])('called %s: a change, a green check, done with evidence, exit 0', async (_how, via) => {
  await using rig = await cliRig([{ calls: [fix] }, { calls: [finish()] }], FILES)
  const run = await rig.run('make it 42', ['--check', CHECK], { via })
  expectWhole(run)
  expect(run.code).toBe(0)
  expect(run.last).toMatchObject({ status: 'done', summary: 'it is 42', openItems: [], steps: 2 })
  const [evidence] = (run.last?.['evidence'] ?? []) as number[]
  expect(run.events.find((event) => event.seq === evidence)).toMatchObject({
    type: 'check.finished',
    ok: true,
    command: CHECK,
  })
  expect(readFileSync(join(rig.cwd, 'answer.txt'), 'utf8')).toBe('42\n')
})

test('without a check a run that ends normally is answered, exit 0', async () => {
  await using rig = await cliRig([{ text: 'it is a text file' }], FILES)
  const run = await rig.run('what is it?')
  expectWhole(run)
  expect([run.code, run.last?.status, run.last?.['evidence']]).toEqual([0, 'answered', []])
})

test('a claim without a green check is never done: blocked, exit 3, and why', async () => {
  await using rig = await cliRig(
    [{ calls: [finish({ claims: [{ claim: 'it is 42', evidence: ['I looked'] }] })] }],
    FILES,
  )
  const run = await rig.run('make it 42', ['--check', CHECK])
  expectWhole(run)
  expect([run.code, run.last?.status]).toEqual([3, 'blocked'])
  expect(String(run.last?.['openItems'])).toContain('is red')
})

test('open items are told, exit 3', async () => {
  await using rig = await cliRig([{ calls: [fix] }, { calls: [finish({ open_items: ['the docs'] })] }], FILES)
  const run = await rig.run('make it 42', ['--check', CHECK])
  expectWhole(run)
  expect(run.code).toBe(3)
  expect(run.last).toMatchObject({ status: 'done-with-open-items', openItems: ['the docs'] })
})

test('a wrong key is a failure with the reason, exit 1', async () => {
  await using rig = await cliRig([{ status: 401, body: { error: { message: 'no such key' } } }])
  const run = await rig.run('go', [], { env: { OPENAI_COMPATIBLE_API_KEY: 'wrong' } })
  expectWhole(run)
  expect([run.code, run.last?.status]).toEqual([1, 'failed'])
  expect(run.last?.['summary']).toMatch(/key/i)
})

test('an answer that the provider filters is refused, exit 5', async () => {
  await using rig = await cliRig([{ text: '', finish: 'filter' }])
  const run = await rig.run('go')
  expectWhole(run)
  expect([run.code, run.last?.status]).toEqual([5, 'refused'])
})

test.each([
  [['--max-steps', '2'], 2],
  [['--max-tokens', '250'], 3],
  [['--max-cost', '0'], 0],
])('the budget %j stops the run with exit 4 after %i calls', async (words, requests) => {
  await using rig = await cliRig(({ index }) => ({ calls: [exec(`echo ${index}`)] }))
  const run = await rig.run('go', words)
  expectWhole(run)
  expect([run.code, run.last?.status]).toEqual([4, 'budget'])
  expect(rig.server.requests.length).toBe(requests)
})

test('--timeout ends a command that hangs: exit 4', async () => {
  await using rig = await cliRig([{ calls: [exec('sleep 60')] }, { text: 'never' }])
  const run = await rig.run('go', ['--timeout', '1.5'])
  expectWhole(run)
  expect([run.code, run.last?.status, rig.server.requests.length]).toEqual([4, 'budget', 1])
})

test('a workspace in which the sandbox cannot hold is refused, exit 5', async () => {
  await using rig = await cliRig([{ calls: [exec('touch ran')] }, { text: 'never' }])
  const run = await rig.run('go', [], { cwd: rig.home })
  expectWhole(run)
  expect([run.code, run.last?.status, existsSync(join(rig.home, 'ran'))]).toEqual([5, 'refused', false])
})

test('--cwd is the workspace, --context-window is used, --verbose shows output', async () => {
  await using rig = await cliRig([{ calls: [exec('pwd')] }, { text: 'there' }])
  const other = join(rig.folder, 'other')
  mkdirSync(other)
  const words = ['run', ...rig.model(), '--cwd', other, '--context-window', '32000', '--verbose', 'where?']
  const run = await rig.cairn(words, { cwd: rig.home })
  expect(run.code).toBe(0)
  expect(run.out).toBe('there\n')
  expect(run.err).toContain(`    ${other}\n`)
  expect((await rig.cairn(['context', 'show'], { cwd: other })).out).toContain('of 32k tokens')
})

test('settings come from the file, the environment lies over it, an option over both', async () => {
  await using rig = await cliRig(({ index }) => ({ calls: [exec(`echo ${index}`)] }))
  mkdirSync(join(rig.home, '.config/cairn'), { recursive: true })
  writeFileSync(
    join(rig.home, '.config/cairn/config.toml'),
    `model = "openai-compatible/scripted"\nbase_url = "${rig.server.baseUrl('messages')}"\nwire = "messages"\nmax_steps = 3\n`,
  )
  const steps = async (words: string[], env: Record<string, string> = {}) =>
    (await rig.cairn(['run', '--json', ...words, 'go'], { env })).last?.['steps']
  expect(await steps([])).toBe(3)
  expect(await steps([], { CAIRN_MAX_STEPS: '2' })).toBe(2)
  expect(await steps(['--max-steps', '1'], { CAIRN_MAX_STEPS: '2' })).toBe(1)
  expect(new Set(rig.server.requests.map((request) => request.wire))).toEqual(new Set(['messages']))
})

test('a task from standard input', async () => {
  await using rig = await cliRig([{ text: 'read' }])
  const run = await rig.run('-', [], { stdin: 'the task\nof two lines\n' })
  expect(run.code).toBe(0)
  expect(run.events.find((event) => event.type === 'user.message')?.['text']).toBe('the task\nof two lines')
})

test.each([
  [['run', '--wire', 'morse', 'x'], '--wire is one of responses, chat, messages, gemini, not "morse"'],
  [['run', '--max-steps', '0', 'x'], '--max-steps takes a whole number of at least 1, not "0"'],
  [['run', '--max-steps', 'ten', 'x'], '--max-steps takes a whole number'],
  [['run', '--max-cost', '-1', 'x'], '--max-cost needs a value'],
  [['run', '--max-cost=-1', 'x'], '--max-cost takes a number of at least 0, not "-1"'],
  [['run', 'x', '--model'], '--model needs a value'],
  [['run', '--json=yes', 'x'], "'--json' does not take an argument"],
  [['run', '--context-window', '12', 'x'], '--context-window'],
  [['run', '--base-url', 'http://127.0.0.1:9/v1', 'x'], '--base-url needs --model'],
  [['run', '--model', 'nobody/nothing', 'x'], 'nobody'],
  [['run', '--model', 'openai-compatible/x', 'x'], 'base'],
  [['run', '--cwd', '/absent/folder', 'x'], 'there is no folder /absent/folder'],
  [['run', '--frobnicate', 'x'], 'unknown option --frobnicate'],
  [['run', 'two', 'words'], 'Put the task in quotes'],
  [['run'], 'cairn run'],
  [['resume', '--last'], 'there is no session'],
  [['show'], 'there is no session'],
  [['log', 'verify', 'absent.jsonl'], 'there is no session absent.jsonl'],
  [['log', 'frobnicate'], 'verify, prove'],
  [['context', 'frobnicate'], 'show, why, diff, cost, check'],
  [['completion', 'tcsh'], 'bash, zsh, fish'],
])('%j is wrong usage: exit 2, with advice, and nothing is begun', async (words, advice) => {
  await using rig = await cliRig([{ text: 'never' }])
  const run = await rig.cairn(words)
  expect(run.code).toBe(2)
  expect(run.out).toBe('')
  expect(run.err).toContain(advice)
  expect(run.err).not.toMatch(/\n {4}at |defect/)
  expect(rig.server.requests.length).toBe(0)
  expect(existsSync(join(rig.dataDir, 'sessions'))).toBe(false)
})

test('a file of settings with a mistake is wrong usage', async () => {
  await using rig = await cliRig([{ text: 'never' }])
  const path = join(rig.home, 'c.toml')
  writeFileSync(path, 'modle = "x"\n')
  const run = await rig.cairn(['run', 'go'], { env: { CAIRN_CONFIG: path } })
  expect([run.code, run.err]).toEqual([2, `cairn: ${path}: unknown setting "modle"\n  Did you mean model?\n`])
})

test('what needs no model and no session works in an empty home', async () => {
  await using rig = await cliRig([{ text: 'never' }])
  const ok = async (...words: string[]) => {
    const run = await rig.cairn(words)
    expect([words, run.code, run.err]).toEqual([words, 0, ''])
    return run.out
  }
  expect(await ok('--version')).toMatch(/^cairn \d+\.\d+\.\d+\n$/)
  expect(await ok('sessions')).toContain('no sessions of this folder')
  expect(await ok('models', 'claude')).toContain('anthropic/claude')
  expect(JSON.parse(await ok('models', '--json'))).toHaveProperty('models')
  expect(await ok('completion', 'bash')).toContain('complete -F _cairn cairn')
})

test('doctor names the sandbox, the search and the models, as text and as JSON', async () => {
  await using rig = await cliRig([{ text: 'never' }])
  const [text, json] = await Promise.all([rig.cairn(['doctor']), rig.cairn(['doctor', '--json'])])
  expect(text.code).toBe(0)
  for (const word of ['sandbox', 'search', 'models', 'git', 'data folder']) expect(text.out).toContain(word)
  expect(text.out).not.toContain('\u001B')
  const findings = JSON.parse(json.out) as { name: string; state: string }[]
  expect(findings.find((finding) => finding.name === 'sandbox')?.state).not.toBe('missing')
})
