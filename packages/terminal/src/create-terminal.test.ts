import { createSandbox } from '@cairn/guard'
import type { Sandbox } from '@cairn/guard'
import { openStore } from '@cairn/journal'
import type { Store } from '@cairn/journal'
import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createTerminal } from './create-terminal.ts'
import type { ExecOutcome, ProcessInfo, Terminal } from './terminal.ts'

let root: string
let cwd: string
let store: Store
let sandbox: Sandbox
let terminal: Terminal

const open = (options: { outputLimit?: number; warm?: boolean } = {}) =>
  createTerminal({
    sandbox,
    blobs: store,
    env: process.env,
    now: () => performance.now(),
    spoolDir: join(root, 'data/spool'),
    ...options,
  })

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'terminal-')))
  cwd = join(root, 'ws')
  mkdirSync(cwd)
  store = openStore(join(root, 'journal.db'), { sessionId: 's', mode: 'writer', now: () => 0 })
  sandbox = createSandbox({
    workspace: cwd,
    home: join(root, 'home'),
    env: process.env,
    dataDir: join(root, 'data'),
  })
  terminal = open()
})
afterEach(async () => {
  await terminal.close()
  await sandbox.close()
  store.close()
  rmSync(root, { recursive: true, force: true })
})

const run = (command: string) => terminal.exec({ command, cwd })

/** Processes of the machine whose command line has this text. */
const processesWith = (text: string): string[] =>
  readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/u.test(pid)) return false
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(text)
    } catch {
      return false
    }
  })

/** Everything a process prints until it is no longer running. */
const toEnd = async (first: ExecOutcome): Promise<string> => {
  let text = first.output.head
  for (let outcome = first; outcome.running;) {
    outcome = await terminal.wait(outcome.id)
    text += outcome.output.head
  }
  return text
}

describe('outcome', () => {
  test('output and error in order, exit code, no signal', async () => {
    const outcome = await run('echo one; echo two >&2; echo three; exit 3')
    expect(outcome).toMatchObject({ running: false, exit: 3, signal: null, cause: 'exit', screen: null })
    expect(outcome.output).toMatchObject({ head: 'one\ntwo\nthree\n', complete: true, lines: 3, blob: null })
  })

  test('a command ended by a signal has the code that a shell gives it', async () => {
    expect(await run('kill -SEGV $$')).toMatchObject({ exit: 139, cause: 'exit' })
  })

  test('standard streams can be opened by name', async () => {
    expect(
      (await run('echo a > /dev/stderr; echo b | tee /dev/stderr >/dev/null; cat /dev/stdin')).output.head,
    ).toBe('a\nb\n')
  })

  test('a shell that cannot parse the command says so', async () => {
    const { exit, output } = await run('if')
    expect(exit).toBe(2)
    expect(output.head).toMatch(/syntax error/u)
  })

  test('a working folder outside of the workspace is refused', async () => {
    await run('true')
    await expect(terminal.exec({ command: 'pwd', cwd: root })).rejects.toMatchObject({ code: 'refused' })
    await expect(terminal.exec({ command: 'pwd', cwd: join(cwd, 'missing') })).rejects.toMatchObject({
      code: 'refused',
    })
  })

  test('binary output is kept byte for byte where it is long', async () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7 + (index >> 8)) & 255))
    writeFileSync(join(cwd, 'bytes'), bytes)
    const { output } = await run('cat bytes')
    expect(output.bytes).toBe(300_000)
    expect(bytes.equals(store.getBlob(output.blob?.sha256 ?? '') ?? Buffer.alloc(0))).toBe(true)
  })
})

describe('standard input', () => {
  test('readers see the end at once', async () => {
    expect((await run('cat; echo done; read x || echo eof')).output.head).toBe('done\neof\n')
  })

  test('stays open on request and takes what is written', async () => {
    const first = await terminal.exec({
      command: 'while read -r line; do echo "got $line"; done',
      cwd,
      stdin: true,
      yieldMs: 50,
    })
    expect(first).toMatchObject({ running: true, cause: 'yield' })
    const second = await terminal.write(first.id, 'häl', { yieldMs: 20 })
    expect(second.output.bytes).toBe(0)
    const third = await terminal.write(first.id, 'lo\n', { until: /hällo\n/u })
    expect(third).toMatchObject({ cause: 'match', running: true })
    expect(third.output.head).toBe('got hällo\n')
    await terminal.kill(first.id)
    expect(terminal.list()[0]).toMatchObject({ running: false })
  })
})

describe('waiting', () => {
  test('gives back control after a while and at the end; each time only what is new', async () => {
    const first = await terminal.exec({ command: 'echo a; sleep 0.4; echo b', cwd, yieldMs: 150 })
    expect(first).toMatchObject({ running: true, cause: 'yield', exit: null })
    expect(first.output.head).toBe('a\n')
    const second = await terminal.wait(first.id)
    expect(second).toMatchObject({ running: false, cause: 'exit', exit: 0 })
    expect(second.output.head).toBe('b\n')
    const third = await terminal.wait(first.id)
    expect(third.output).toMatchObject({ bytes: 0, complete: true })
  })

  test('a character that is cut by giving back control is whole in the next part', async () => {
    const first = await terminal.exec({
      command: "printf 'x\\xc3'; sleep 0.4; printf '\\xa4y'",
      cwd,
      yieldMs: 200,
    })
    const second = await terminal.wait(first.id)
    expect(first.output.head + second.output.head).toBe('xäy')
  })

  test('wakes on a pattern', async () => {
    const outcome = await terminal.exec({
      command: 'echo starting; echo listening on 8080; sleep 60',
      cwd,
      until: /on \d{4}/u,
    })
    expect(outcome).toMatchObject({ running: true, cause: 'match' })
  })

  test('tells once about processes that end later, not about others', async () => {
    const ended: ProcessInfo[] = []
    terminal.onExit((info) => ended.push(info))
    await run('true')
    const { id } = await terminal.exec({ command: 'sleep 0.2; exit 9', cwd, yieldMs: 50 })
    await terminal.wait(id)
    expect(ended).toMatchObject([{ id, exit: 9, running: false, command: 'sleep 0.2; exit 9' }])
  })

  test('an unknown handle is an error', async () => {
    await expect(terminal.wait('p99')).rejects.toMatchObject({ code: 'no-process' })
  })
})

describe('ending', () => {
  test('a time-out asks first', async () => {
    const outcome = await terminal.exec({
      command: 'trap "echo bye; exit 4" TERM; echo up; while :; do sleep 0.05; done',
      cwd,
      timeoutMs: 500,
    })
    expect(outcome).toMatchObject({ running: false, cause: 'timeout', exit: 4 })
    expect(outcome.output.head).toContain('bye')
  })

  test('what ignores the request is ended', async () => {
    const outcome = await terminal.exec({ command: 'trap "" TERM; echo up; sleep 61.5', cwd, timeoutMs: 300 })
    expect(outcome).toMatchObject({ running: false, cause: 'timeout', exit: null, signal: 'SIGKILL' })
    expect(processesWith('sleep\u000061.5')).toEqual([])
  })

  test('an abort ends the command', async () => {
    const controller = new AbortController()
    const pending = terminal.exec({
      command: 'echo up; sleep 62.5',
      cwd,
      signal: controller.signal,
      until: /never/u,
    })
    setTimeout(() => controller.abort(), 200)
    expect(await pending).toMatchObject({ running: false, cause: 'aborted', signal: 'SIGTERM' })
    expect(processesWith('sleep\u000062.5')).toEqual([])
  })

  test('a signal that was aborted before ends the command at once', async () => {
    expect(await terminal.exec({ command: 'sleep 63.5', cwd, signal: AbortSignal.abort() })).toMatchObject({
      running: false,
      cause: 'aborted',
    })
  })

  test('children in the background and in other sessions end with their command', async () => {
    const { output } = await run(
      'sleep 64.5 & setsid sleep 64.5 & (setsid nohup sleep 64.5 >/dev/null 2>&1 &) ; echo started',
    )
    expect(output.head).toBe('started\n')
    // The kernel ends what is left in the sandbox once its first process has gone: that takes a moment of its own.
    await vi.waitFor(() => expect(processesWith('sleep\u000064.5')).toEqual([]))
  })

  test('five hundred children end with the terminal', async () => {
    const { output } = await terminal.exec({
      command:
        'for i in $(seq 500); do sleep 65.5 & done; until [ $(ps -e | grep -c sleep) -eq 500 ]; do :; done; echo all; wait',
      cwd,
      until: /all/u,
    })
    expect(output.head).toContain('all')
    expect(processesWith('sleep\u000065.5').length).toBe(500)
    await terminal.close()
    expect(processesWith('sleep\u000065.5')).toEqual([])
  })

  test('close ends everything, also a process that waits to be used', async () => {
    await run('true')
    const { running } = await terminal.exec({ command: 'trap "" TERM HUP INT; sleep 66.5', cwd, yieldMs: 50 })
    expect(running).toBe(true)
    await terminal.close()
    expect(processesWith(cwd)).toEqual([])
    await expect(run('true')).rejects.toMatchObject({ code: 'closed' })
  })
})

describe('much output', () => {
  test('fifty megabytes on one line cost little memory', async () => {
    const before = process.memoryUsage().rss
    let most = before
    const meter = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 5)
    const { output, exit } = await run('head -c 50000000 /dev/zero | tr "\\0" x')
    clearInterval(meter)
    expect(exit).toBe(0)
    expect(output).toMatchObject({ bytes: 50_000_000, lines: 1, complete: false, windows: [] })
    expect(output.head.length + output.tail.length).toBe(192 * 1024)
    expect(output.blob?.bytes).toBe(50_000_000)
    expect(most - before).toBeLessThan(120e6)
  })

  test('a million lines, with an error among them', async () => {
    const { output } = await run('seq 1 600000; echo "Error: here"; seq 1 600000')
    expect(output.lines).toBe(1_200_001)
    expect(output.head.startsWith('1\n2\n')).toBe(true)
    expect(output.tail.endsWith('599999\n600000\n')).toBe(true)
    expect(output.windows).toMatchObject([{ line: 599_999, text: expect.stringContaining('Error: here') }])
  })

  test('a process that never stops printing is ended', async () => {
    await terminal.close()
    terminal = open({ outputLimit: 3_000_000 })
    const outcome = await run('yes')
    expect(outcome).toMatchObject({ running: false, cause: 'limit' })
    expect(outcome.output.bytes).toBeGreaterThan(3_000_000)
    expect(outcome.output.bytes).toBeLessThan(4_000_000)
  })

  test('no output is lost: 300 commands while the processors are busy', async () => {
    const busy = await terminal.exec({
      command: 'for i in 1 2 3; do while :; do :; done & done; wait',
      cwd,
      yieldMs: 10,
    })
    for (let index = 0; index < 300; index++) {
      // Nearly as much as a pipe holds, so that most of it is still unread when the process ends.
      const { output } = await run(`echo ${index}; seq 11000`)
      expect(output.head.startsWith(`${index}\n1\n`)).toBe(true)
      expect(output.lines).toBe(11_001)
    }
    await terminal.kill(busy.id)
  }, 120_000)
})

describe('terminal', () => {
  const pty = { rows: 10, cols: 40 }

  test('has its size and is a terminal', async () => {
    const outcome = await terminal.exec({
      command: 'stty size; test -t 0 && test -t 1 && echo tty; exit 6',
      cwd,
      pty,
    })
    expect(outcome).toMatchObject({ exit: 6, screen: null })
    expect(outcome.output.head).toBe('10 40\r\ntty\r\n')
  })

  test('Ctrl-C reaches the command and only the command', async () => {
    const first = await terminal.exec({
      command: 'trap "echo caught; exit 5" INT; echo up; while :; do sleep 0.05; done',
      cwd,
      pty,
      until: /up/u,
    })
    const second = await terminal.write(first.id, '\u0003')
    expect(second).toMatchObject({ running: false, exit: 5 })
    expect(second.output.head).toContain('caught')
  })

  test('shows the screen of a full-screen program', async () => {
    writeFileSync(
      join(cwd, 'full-screen'),
      `printf '\\033[?1049h\\033[2J\\033[3;5Hhello \\033[31mred\\033[0m'; read -r x; printf '\\033[?1049l'; echo "read $x"`,
    )
    const first = await terminal.exec({ command: 'bash full-screen', cwd, pty, until: /red/u })
    expect(first.screen).toBe('\n\n    hello red')
    const second = await terminal.write(first.id, 'typed\n')
    expect(second.screen).toBeNull()
    expect(second.output.head).toContain('read typed')
  })

  test('ends with the terminal', async () => {
    await terminal.exec({ command: 'sleep 67.5', cwd, pty, yieldMs: 100 })
    await terminal.close()
    expect(processesWith('sleep\u000067.5')).toEqual([])
  })
})

describe('a sandbox started ahead', () => {
  /** The next command is taken by the waiting sandbox once that is there. */
  const warmUp = async () => {
    await run('true')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }

  test('has the same folder, environment, arguments and descriptors as one started cold', async () => {
    mkdirSync(join(cwd, 'sub dir'))
    const command =
      'pwd; echo "$0 $# $-"; env | sort | grep -v ^_=; ls /proc/$$/fd; ulimit -a; echo "quoted \'x\' $(echo sub)"; exit 3'
    const request = { command, cwd: join(cwd, 'sub dir'), env: { A: "it's", B: 'two\nlines' } }
    await terminal.close()
    terminal = open({ warm: false })
    const cold = await terminal.exec(request)
    await terminal.close()
    terminal = open()
    await warmUp()
    const warm = await terminal.exec(request)
    expect(warm.output.head).toBe(cold.output.head)
    expect(warm.exit).toBe(3)
  })

  test('serves one command only', async () => {
    await warmUp()
    await run('echo x > /tmp/left; export LEFT=1; sleep 68 & :')
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect((await run('cat /tmp/left 2>&1; echo "[$LEFT]"; ps -e | grep -c sleep')).output.head).toMatch(
      /No such file[^]*\[\]\n0\n/u,
    )
  })

  test('is not used when the boundary would be another one now', async () => {
    await warmUp()
    mkdirSync(join(cwd, '.vscode'), { recursive: true })
    writeFileSync(join(cwd, '.vscode/tasks.json'), '{}')
    writeFileSync(join(cwd, 'AGENTS.md'), 'rules')
    expect((await run('cat .vscode/tasks.json; echo x > AGENTS.md')).output.head).toMatch(
      /^\{\}.*(?:denied|Read-only)/su,
    )
    await warmUp()
    rmSync(join(cwd, 'AGENTS.md'))
    writeFileSync(join(cwd, 'AGENTS.md'), 'new file, same name')
    expect((await run('cat AGENTS.md; echo x > AGENTS.md')).output.head).toMatch(
      /^new file, same name.*Read-only/su,
    )
  })

  test('sees what the host has written meanwhile', async () => {
    await warmUp()
    writeFileSync(join(cwd, 'fresh'), 'fresh text')
    expect((await run('cat fresh')).output.head).toBe('fresh text')
  })

  test('takes any command text', async () => {
    for (const command of [
      "echo 'a'\\''b' \"$(printf %s 'x y')\"",
      'cat <<E\n$HOME `echo t`\nE',
      'echo é水🍌 \\\\ \\$x',
      `echo ${'long '.repeat(3000)}`,
    ]) {
      await warmUp()
      const expected = execFileSync('/bin/bash', ['-c', command], {
        encoding: 'utf8',
        env: { HOME: join(root, 'home'), LANG: 'C.UTF-8' },
      })
      expect(await toEnd(await run(command))).toBe(expected)
    }
  })
})
