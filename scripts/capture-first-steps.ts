/**
 * Makes the captures in docs/first-steps.md anew, from the real command in a pseudo terminal: npm run capture:first-steps. With
 * --check it changes nothing, and ends with 1 where the page is not what the command shows.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pause } from '../packages/cli/src/e2e/testing/cli-rig.ts'
import { openShell } from '../packages/cli/src/tui/testing/shell-in-terminal.ts'

const CHECKOUT = resolve(import.meta.dirname, '..')
const PAGE = join(CHECKOUT, 'docs/first-steps.md')
const PROJECT = 'result-pages'
const RULE =
  '{ "id": "show-me", "effect": "ask", "path": ["src/**"], "reason": "Show me each change first." }'
const [ENTER, DOWN, CTRL_D] = ['\r', '\u001B[B', '\u0004']

/** What differs from run to run and says nothing to a reader. Widths stay where lines are aligned. */
function calm(text: string, home: string): string {
  const ids = new Map<string, string>()
  return text
    .replaceAll(home, '~')
    .replaceAll(/\b01[0-9a-z]{18}\b/gu, (id) => {
      if (!ids.has(id)) ids.set(id, `01jd${'0'.repeat(14)}${String(ids.size + 1).padStart(2, '0')}`)
      return ids.get(id) ?? id
    })
    .replaceAll(/\b\d+\.\d s\b/gu, '1.0 s')
    .replaceAll(/(?<![\d.])\d+ s\b/gu, '9 s')
    .replaceAll(/[⠀-⣿]/gu, '⠧')
    .replaceAll(/ctx [▰▱]+ \d+ %/gu, 'ctx ▰▱▱▱▱▱▱▱▱▱ 3 %')
    .replaceAll(/\b\d+(?:\.\d)?k? tok\b/gu, '9.0k tok')
    .replaceAll(/\d+(?:\.\d)?k? in \(\d+ % cached\), \d+(?:\.\d)?k? out/gu, '9.0k in (0 % cached), 500 out')
    .replaceAll(/\b(\d{4})-\d\d-\d\d \d\d:\d\d\b/gu, '2026-01-01 09:00')
    .replaceAll(/\b[0-9a-f]{12} on main/gu, '0123456789ab on main')
    .replaceAll(/\(tree\s+[0-9a-f]{12}\)/gu, '(tree 0123456789ab)')
    .replaceAll(/sha256:[0-9a-f]{64}/gu, 'sha256:…')
    .replaceAll(/^Cairn-Checkpoint: .*$/gmu, 'Cairn-Checkpoint: …')
    .replaceAll(/node: v\d+\.\d+\.\d+/gu, 'node: v24.0.0')
    .replaceAll(/git version [\d.]+/gu, 'git version 2.47.0')
    .replaceAll(/ripgrep [\d.]+ \(rev \w+\)/gu, 'ripgrep 15.0.0')
    .replaceAll(/at most \d+ MiB of all/gu, 'at most 14000 MiB of all')
    .replaceAll(/\(\d+(?:\.\d+)?ms\)/gu, '(1ms)')
    .replaceAll(/\b\d+ events, all signed\nroot [0-9a-f]{64}/gu, '50 events, all signed\nroot 9f86d0818988…')
    .replaceAll(/by user:\S+/gu, 'by user:you')
    .replaceAll(/[ \t]+$/gmu, '')
    .replaceAll(/^\n+|\n+$/gu, '')
}

/** Walks the path of a newcomer and gives what was seen on it, by name. */
async function walk(): Promise<Map<string, string>> {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'first-')))
  const cwd = join(home, PROJECT)
  cpSync(join(CHECKOUT, 'examples/broken', PROJECT), cwd, { recursive: true })
  mkdirSync(join(cwd, '.cairn'))
  writeFileSync(join(cwd, '.cairn/policy.json'), `{ "version": 1, "rules": [${RULE}] }\n`)
  writeFileSync(
    join(home, '.gitconfig'),
    '[user]\n\tname = You\n\temail = you@example.org\n[init]\n\tdefaultBranch = main\n',
  )
  const git = (...words: string[]) =>
    execFileSync('git', words, { cwd, env: { PATH: process.env['PATH'], HOME: home } })
  git('init', '-q')
  git('add', '.')
  git('commit', '-qm', 'First')
  const seen = new Map<string, string>()
  const terminal = await openShell(home, cwd)
  /** `from`: the line to begin with; what was above it is to be seen before. */
  const keep = (name: string, text: string, from = '') => {
    const rows = calm(text, home).split('\n')
    const first = from === '' ? 0 : rows.findIndex((row) => row.includes(from))
    if (first < 0) throw new Error(`${name} does not show ${from}`)
    seen.set(name, (first === 0 ? rows : ['…', ...rows.slice(first)]).join('\n'))
  }
  try {
    await terminal.prompt()
    terminal.fresh()
    await terminal.line('cairn doctor')
    keep('doctor', terminal.fresh())
    terminal.clear()
    terminal.start('cairn')
    await terminal.shows('Ask for a change')
    terminal.type('make the failing tests pass')
    await pause(500)
    keep('open', terminal.screen())
    terminal.type(ENTER)
    await terminal.shows('Allow edit?')
    await pause(800)
    keep('approve', terminal.screen(), 'I try')
    terminal.type(DOWN)
    await pause(300)
    terminal.type(ENTER)
    await terminal.shows('✔ done')
    keep('done', terminal.screen(), '● A change at')
    terminal.type('/undo')
    await pause(300)
    terminal.type(ENTER)
    await terminal.shows('undone:')
    keep('undo', terminal.screen(), '✔ done')
    terminal.type(CTRL_D)
    await terminal.prompt()
    terminal.clear()
    terminal.start('cairn --last')
    await terminal.shows('Ask for a change')
    terminal.type('/redo')
    await pause(300)
    terminal.type(ENTER)
    await terminal.shows('done again:')
    keep('resume', terminal.screen(), '✔ done')
    terminal.type(CTRL_D)
    await terminal.prompt()
    terminal.clear()
    await terminal.line('cairn commit && git log -1 --format=%B | cut -c-72 | head -9')
    keep('commit', terminal.fresh())
    await terminal.line('cairn export --out session.html && cairn log verify && cairn export | head -24')
    keep('export', terminal.fresh())
  } finally {
    await terminal.close()
    rmSync(home, { recursive: true, force: true })
  }
  return seen
}

/** The page with each capture between its marks replaced. */
function withCaptures(page: string, seen: ReadonlyMap<string, string>): string {
  const used = new Set<string>()
  const text = page.replaceAll(
    /(<!-- capture: (\w+) -->\n)[\s\S]*?(<!-- end -->)/gu,
    (_all, begin: string, name: string, end: string) => {
      const capture = seen.get(name)
      if (capture === undefined) throw new Error(`there is no capture ${name}`)
      used.add(name)
      const fence = capture.includes('```') ? '````' : '```'
      return `${begin}${fence}text\n${capture}\n${fence}\n${end}`
    },
  )
  for (const name of seen.keys()) if (!used.has(name)) console.error(`not on the page: ${name}`)
  return text
}

const before = readFileSync(PAGE, 'utf8')
const seen = await walk()
const after = withCaptures(before, seen)
if (!process.argv.includes('--check')) {
  writeFileSync(PAGE, after)
  console.log(`${seen.size} captures in docs/first-steps.md`)
} else if (after !== before) {
  const [was, is] = [before.split('\n'), after.split('\n')]
  for (const row of was.filter((each) => !is.includes(each))) console.error(`- ${row}`)
  for (const row of is.filter((each) => !was.includes(each))) console.error(`+ ${row}`)
  console.error('docs/first-steps.md is not what the command shows: npm run capture:first-steps')
  process.exitCode = 1
}
