import { tinyPng } from '@cairn/agent/testing'
import type { ScriptedRequest } from '@cairn/models/testing'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { call, cliRig, exec, pause } from '../e2e/testing/cli-rig.ts'
import { KEY, pasted, tuiRig, type TuiRig } from './testing/tui-rig.ts'

const READY = 'Ask for a change'

const TIME = String.raw`(?:\d+ min )?\d+(?:\.\d)? s`
const CALL_TIME = new RegExp(`^( +[✓✗] .*?) ${TIME}$`, 'gmu')

/** What differs from run to run. A call has a time only where it took long, so there it goes away altogether. */
const calm = (screen: string) =>
  screen
    .replace(/\/tmp\/cairn-e2e-\w+\/work/gu, '/work')
    .replace(CALL_TIME, '$1')
    .replace(new RegExp(`\\b${TIME}(?!\\w)`, 'gu'), 'N s')
    .replace(/session \w{20,}/gu, 'session ID')
    .replace(/--resume \w{20,}/gu, '--resume ID')
    // How many commands there are is no matter of the pane.
    .replace(/(?<=1–9 of )\d+/gu, 'N')

function repository(rig: TuiRig): void {
  const git = (...words: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...words], { cwd: rig.cli.cwd })
  git('init', '-q')
  git('add', '.')
  git('commit', '-qm', 'first')
}

const EDIT = call('edit', { path: 'a.ts', old: 'const port = 80', new: 'const port = 8080 // free' })
const ANSWER = 'The port is **8080** now:\n\n- one `thing`\n- another\n\n```ts\nconst a = 1\n```'

test('a task from the first key to the end, and what is left in the terminal after it', async () => {
  await using rig = await tuiRig(
    [
      {
        text: 'I look first.',
        calls: [
          call('read', { path: 'a.ts' }),
          call('plan', {
            items: [
              { text: 'look', status: 'done' },
              { text: 'mend', status: 'active' },
            ],
          }),
        ],
      },
      { calls: [EDIT, exec('echo bad; exit 3')] },
      { text: ANSWER },
    ],
    { files: { 'a.ts': 'const port = 80\n' } },
  )
  await rig.until(READY)
  await rig.send('change the port')
  await rig.until('answered')
  expect(rig.serialised()).toContain('\u001B[32m+\u001B[0m \u001B[36mconst\u001B[0m port = 8080')
  rig.type(KEY.ctrlD)
  expect(await rig.exit).toBe(0)
  await rig.until('--resume')
  expect(calm(rig.everything())).toMatchInlineSnapshot(`
    "⛰ cairn 0.1.0 · openai-compatible/scripted · /work

    › change the port

    ● I look first.

      ✓ read a.ts
      plan
      ☑ look
      ▸ mend
      ✓ edit a.ts
        update a.ts
        - const port = 80
        + const port = 8080 // free
      ✗ exec echo bad; exit 3 exit 3
        bad

    ● The port is 8080 now:

      - one thing
      - another

      \`\`\`ts
        const a = 1
      \`\`\`

    ✔ answered (unverified) · 3 steps · N s · 300 in (0 % cached), 60 out

    go on with: cairn --resume ID"
  `)
  // The main screen is used, the scrollback is never cleared, frames are synchronised, and the terminal is given back.
  for (const bytes of ['\u001B[?1049h', '\u001B[?47h', '\u001B[3J']) expect(rig.raw()).not.toContain(bytes)
  expect(rig.raw()).toContain('\u001B[?2026h')
  expect(rig.raw().lastIndexOf('\u001B[?2004l')).toBeGreaterThan(rig.raw().lastIndexOf('\u001B[?2004h'))
  expect(readFileSync(join(rig.cli.cwd, 'a.ts'), 'utf8')).toBe('const port = 8080 // free\n')
}, 60_000)

test('every pane, at 80×24 without colours', async () => {
  await using rig = await tuiRig(
    [
      { calls: [EDIT, call('plan', { items: [{ text: 'mend it', status: 'active' }] })] },
      { text: 'You must keep the port at 8080.' },
    ],
    { files: { 'a.ts': 'const port = 80\n' }, env: { NO_COLOR: '1' } },
  )
  await rig.until(READY)
  repository(rig)
  await rig.send('change the port; never touch b.ts')
  await rig.until('answered')
  const seen: string[] = []
  const look = async (line: string, shows: string | RegExp) => {
    await rig.send(line)
    await rig.until((screen) => (typeof shows === 'string' ? screen.includes(shows) : shows.test(screen)))
    seen.push(calm(rig.screen()).split('answered').at(-1) ?? '')
    rig.type(KEY.esc)
    await rig.until((screen) => !screen.includes('Esc closes'))
  }
  await look('/help', 'Commands and keys')
  await look('/plan', 'Plan 0/1')
  await look('/ledger', 'never touch b.ts\n')
  await look('/diff', 'Changes since the last commit')
  await look('/effort', 'Effort (now default)')
  await look('/model', 'embedded/repair-1')
  await look('/context', 'tools')
  await look('/cost', 'for 2 answers')
  await look('/permissions', 'cairn policy show')
  await look('/doctor', 'cairn doctor')
  rig.type(KEY.ctrlO)
  await rig.until('Call 2 of 2')
  rig.type(KEY.left)
  await rig.until('Call 1 of 2')
  expect(rig.screen()).toContain('- const port = 80')
  rig.type(KEY.esc)
  expect(seen.slice(0, 5).join('\n=====\n')).toMatchInlineSnapshot(`
    " (unverified) · 2 steps · N s · 200 in (0 % cached), 40 out

    ────────────────────────────────────────────────────────────────────────────────
    Commands and keys 1–9 of N
    /commit [SUBJECT]          commit what the session changed, with its evidence
    /compact                   rewrite the context now; what leaves it can be recal…
    /context                   what fills the window of the model
    /cost                      tokens, cache hits and money
    /diff                      what changed in the workspace since the last commit
    /doctor                    what works on this machine, and what to do about the…
    /dropped [EPOCH]           what the last rewrite of the context left out; pins …
    /effort [LEVEL]            how hard the model thinks: minimal to max, or default
    /export [FILE]             write the session as HTML, Markdown, ATIF or JSONL
    ↑↓ · Esc closes
    ── ctx ▰▱▱▱▱▱▱▱▱▱ 2 % · cache 0 % · 240 tok · openai-compatible/scripted ───────
    › Ask for a change, / for commands, @ for files
    =====
     (unverified) · 2 steps · N s · 200 in (0 % cached), 40 out

    ────────────────────────────────────────────────────────────────────────────────
    Plan 0/1
      ▸ mend it
    Esc closes
    ── ctx ▰▱▱▱▱▱▱▱▱▱ 2 % · cache 0 % · 240 tok · openai-compatible/scripted ───────
    › Ask for a change, / for commands, @ for files
    =====
     (unverified) · 2 steps · N s · 200 in (0 % cached), 40 out

    ────────────────────────────────────────────────────────────────────────────────
    Ledger: 1 entry in force
    user constraint: change the port; never touch b.ts
    Esc closes
    ── ctx ▰▱▱▱▱▱▱▱▱▱ 2 % · cache 0 % · 240 tok · openai-compatible/scripted ───────
    › Ask for a change, / for commands, @ for files
    =====
     (unverified) · 2 steps · N s · 200 in (0 % cached), 40 out

    ────────────────────────────────────────────────────────────────────────────────
    Changes since the last commit: 1 file, 0 new
    a/a.ts b/a.ts
    ⋯ -1 +1
    - const port = 80
    + const port = 8080 // free
    Esc closes
    ── ctx ▰▱▱▱▱▱▱▱▱▱ 2 % · cache 0 % · 240 tok · openai-compatible/scripted ───────
    › Ask for a change, / for commands, @ for files
    =====
     (unverified) · 2 steps · N s · 200 in (0 % cached), 40 out

    ────────────────────────────────────────────────────────────────────────────────
    Effort (now default)
    › minimal
      low
      medium
      high
      max
      default
    ↑↓ · Enter chooses · Esc closes
    ── ctx ▰▱▱▱▱▱▱▱▱▱ 2 % · cache 0 % · 240 tok · openai-compatible/scripted ───────
    › Ask for a change, / for commands, @ for files"
  `)
  for (const colour of ['31', '32', '33', '36', '39']) expect(rig.raw()).not.toContain(`\u001B[${colour}m`)
}, 90_000)

test('messages while it works: after the step, after the turn, taken back; an interrupt brings them back', async () => {
  await using rig = await tuiRig(({ index }: ScriptedRequest) =>
    index === 1
      ? { calls: [exec('sleep 60')] }
      : index === 0
        ? { calls: [exec('while [ ! -e go ]; do sleep 0.05; done')] }
        : { text: `answer ${index}` },
  )
  await rig.until(READY)
  await rig.send('first task')
  await rig.until('▸ exec while')
  await rig.send('read this soon')
  await rig.until('after this step: read this soon')
  rig.type('read this later')
  await rig.until('› read this later')
  rig.type(KEY.tab)
  await rig.until('after this turn: read this later')
  rig.type(KEY.up)
  await rig.until('› read this later')
  rig.type(KEY.tab)
  writeFileSync(join(rig.cli.cwd, 'go'), '')
  await rig.until('▸ exec sleep 60')
  expect(rig.cli.server.requests[1]?.text).toContain('read this soon')
  const before = performance.now()
  rig.type(KEY.esc)
  await rig.until('✘ cancelled')
  expect(performance.now() - before).toBeLessThan(10_000)
  await rig.until('› read this later')
  rig.type(KEY.enter)
  await rig.until('answer 2')
}, 60_000)

test('a dialog shows everything, denies by default, and allows only what was chosen', async () => {
  const long = ['git reset --hard', ...Array.from({ length: 30 }, (_, n) => `echo ${n}`), 'touch done'].join(
    '\n',
  )
  await using rig = await tuiRig(
    [
      { calls: [exec('git reset --hard; touch one')] },
      { calls: [exec(long)] },
      { calls: [exec('git reset --hard; touch two')] },
      { text: 'end' },
    ],
    { files: { 'a.txt': 'one\n' } },
  )
  await rig.until(READY)
  repository(rig)
  await rig.send('go')
  await rig.until('│ command: git reset --hard; touch one')
  expect(calm(rig.screen())).toContain(`› Deny
  Allow once
  Allow exactly this again until the session is closed
↑↓ choose · Enter · Esc denies`)
  // Typed ahead: letters grant nothing, and Enter denies.
  await pause(600)
  rig.type('yes y\r')
  await rig.until('denied by user:')
  await rig.until('nothing can be allowed before')
  await pause(600)
  for (let n = 0; n < 3; n += 1) rig.type('\u001B[6~')
  await rig.until('│ touch done')
  rig.type(KEY.down)
  await rig.until('› Allow once')
  rig.type(KEY.enter)
  await rig.until('touch two')
  rig.type(KEY.esc)
  await rig.until('● end')
  expect(['one', 'two', 'done'].map((name) => existsSync(join(rig.cli.cwd, name)))).toEqual([
    false,
    false,
    true,
  ])
}, 60_000)

test('a large paste is folded and sent in full; lines can be written in three ways; history stays', async () => {
  await using cli = await cliRig([{ text: 'fine' }])
  await using rig = await tuiRig([{ text: 'fine' }], { cli })
  await rig.until(READY)
  const paste = Array.from({ length: 40 }, (_, n) => `line ${n}`).join('\n')
  rig.type(`a${KEY.altEnter}b\\`)
  rig.type(KEY.enter)
  rig.type('c ')
  rig.type(pasted(paste))
  await rig.until('[paste #1 +40 lines]')
  expect(rig.screen()).toContain('› a\n  b\n  c [paste #1')
  rig.type(KEY.enter)
  await rig.until('answered')
  expect(cli.server.requests[0]?.text).toContain(JSON.stringify(`a\nb\nc ${paste}`).slice(1, -1))
  rig.type(KEY.ctrlD)
  await rig.exit
  await using second = await tuiRig([{ text: 'fine' }], { cli })
  await second.until(READY)
  second.type(KEY.up)
  await second.until('› a\n  b\n  c line 0')
}, 60_000)

test('an image that a message names is shown to the model, and said to be', async () => {
  await using cli = await cliRig([{ text: 'A grey box.' }])
  writeFileSync(join(cli.cwd, 'shot.png'), tinyPng(4, 3))
  const words = ['--model', 'openai/gpt-6-sol', '--wire', 'chat', '--base-url', cli.server.baseUrl('chat')]
  await using rig = await tuiRig([{ text: '' }], { cli, model: words, env: { OPENAI_API_KEY: 'k' } })
  await rig.until(READY)
  await rig.send('what is @shot.png ?')
  await rig.until('answered')
  expect(rig.everything()).toMatch(/with shot\.png: PNG image, 4×3 pixels, \d+ bytes/u)
  expect(cli.server.requests[0]?.text).toContain(tinyPng(4, 3).toString('base64'))
}, 60_000)

test('files and commands are completed', async () => {
  await using rig = await tuiRig([{ text: 'fine' }], { files: { 'src/parse-options.ts': '', 'b.md': '' } })
  await rig.until(READY)
  rig.type('look at @pars')
  await rig.until('→ src/parse-options.ts')
  rig.type(KEY.tab)
  await rig.until('› look at @src/parse-options.ts')
  rig.type('\u0015/ef')
  await rig.until('→ /effort')
  rig.type(`${KEY.tab}hi`)
  await rig.until('→ high')
  rig.type(KEY.tab)
  await rig.until('› /effort high')
  rig.type(KEY.enter)
  await rig.until('effort: high')
}, 60_000)

test('sessions: name, new, resume, undo, fork, export, another model', async () => {
  await using rig = await tuiRig([{ calls: [EDIT] }, { text: 'changed' }, { text: 'second answer' }], {
    files: { 'a.ts': 'const port = 80\n' },
  })
  await rig.until(READY)
  repository(rig)
  await rig.send('change it')
  await rig.until('✔ answered')
  await rig.send('/name port work')
  await rig.until('is called port work')
  await rig.send('/undo')
  await rig.until('undone: change it')
  expect(readFileSync(join(rig.cli.cwd, 'a.ts'), 'utf8')).toBe('const port = 80\n')
  await rig.send('/redo')
  await rig.until('done again')
  expect(readFileSync(join(rig.cli.cwd, 'a.ts'), 'utf8')).toContain('8080')
  await rig.send('/export out.jsonl')
  await pause(500)
  await rig.send('/new')
  await rig.until('a new session begins')
  await rig.send('hello there')
  await rig.until('second answer')
  await rig.send('/resume')
  await rig.until('Sessions of this folder')
  expect(rig.screen()).toContain('port work')
  rig.type(KEY.enter)
  await rig.until(/session \w+: port work/u)
  await rig.send('/fork')
  await pause(500)
  await rig.send('/model embedded/repair-1')
  await rig.until('model: embedded/repair-1')
  await rig.send('/nonsense')
  await rig.until('there is no /nonsense')
  expect(existsSync(join(rig.cli.cwd, 'out.jsonl'))).toBe(true)
}, 90_000)

test('the context is rewritten when asked, and what left it is named', async () => {
  await using rig = await tuiRig(({ index }: ScriptedRequest) =>
    index < 6 ? { calls: [exec(`seq ${index}000 ${index}900`)] } : { text: `end ${index}` },
  )
  await rig.until(READY)
  await rig.send('count')
  await rig.until('end 6')
  await rig.send('/dropped')
  await rig.until('was never rewritten')
  await rig.send('/compact')
  await rig.until('context rewritten, epoch 1 (asked by the user)')
  await rig.send('/dropped')
  await rig.until('Left at epoch 1')
  rig.type(KEY.enter)
  await rig.until('pinned:')
  await rig.send('/ledger')
  await rig.until('user fact:')
}, 60_000)

test('what a model or a tool says cannot reach the terminal raw', async () => {
  const evil = '\u001B]0;owned\u0007\u001B[2J\u202Eevil\u009B31m'
  await using rig = await tuiRig([
    { text: evil, calls: [exec(`printf '\\033]0;owned\\007\\033[3J'; exit 1`)] },
    { text: evil },
  ])
  await rig.until(READY)
  await rig.send('go')
  await rig.until('answered')
  rig.type(KEY.ctrlO)
  await rig.until('Call 1 of 1')
  for (const bytes of ['\u001B]0;', '\u001B[2J', '\u001B[3J', '\u202E', '\u009B'])
    expect(rig.raw()).not.toContain(bytes)
  expect(rig.everything()).toContain('‹U+001B›]0;owned‹U+0007›')
}, 60_000)

test('a resize leaves one composer, and all of the history', async () => {
  await using rig = await tuiRig([{ text: 'words '.repeat(60) }], { columns: 120, rows: 40 })
  await rig.until(READY)
  await rig.send('go')
  await rig.until('answered')
  for (const [columns, rows] of [
    [60, 20],
    [100, 30],
    [40, 12],
    [120, 40],
  ] as const) {
    rig.resize(columns, rows)
    await pause(300)
    expect(rig.everything().split('› Ask for').length - 1).toBe(1)
  }
  expect(rig.everything()).toContain('› go')
  expect(rig.everything().match(/words/gu)).toHaveLength(60)
}, 60_000)

test('in plain mode everything is linear text without a single control sequence', async () => {
  await using rig = await tuiRig([{ calls: [exec('git reset --hard')] }, { text: '**done**' }], {
    words: ['--plain'],
    files: { 'a.txt': '' },
  })
  await rig.until('cairn 0')
  repository(rig)
  rig.type('go\r')
  await rig.until('anything else denies it')
  rig.type('I do not want that\r')
  await rig.until('answered')
  rig.type('/plan\r')
  await rig.until('no plan yet')
  rig.type('/quit\r')
  expect(await rig.exit).toBe(0)
  expect(rig.raw()).not.toContain('\u001B')
  expect(rig.cli.server.requests[1]?.text).toContain('I do not want that')
}, 60_000)

test('without a terminal, cairn alone is the help', async () => {
  await using cli = await cliRig([{ text: '' }])
  const { out, code } = await cli.cairn([])
  expect([out.split('\n')[2], code]).toEqual(['Usage: cairn <command> [options]', 0])
})
