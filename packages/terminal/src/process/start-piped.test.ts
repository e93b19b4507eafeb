import type { Launch } from '@cairn/guard'
import { array, assert, asyncProperty, constantFrom, oneof, string } from 'fast-check'
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Child } from './child.ts'
import { createFifoPool } from './fifo-pool.ts'
import { childrenOf, send } from './process-tree.ts'
import { quote } from './quote.ts'
import { createSpawner } from './spawner.ts'
import type { Spawner } from './spawner.ts'
import { startPiped } from './start-piped.ts'

let folder: string
let fifos: ReturnType<typeof createFifoPool>
let spawner: Spawner

const open = (bash: string) => {
  fifos = createFifoPool(folder, '/usr/bin/mkfifo')
  spawner = createSpawner({ bash, onGone: () => fifos.renew() })
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'start-'))
  open('/bin/bash')
})
afterEach(async () => {
  await spawner.close()
  fifos.close()
  rmSync(folder, { recursive: true, force: true })
})

const launchOf = (file: string, ...args: string[]): Launch => ({
  file,
  args,
  env: { PATH: '/usr/bin:/bin' },
  cwd: '/',
  fds: [],
  view: '',
})
const shell = (script: string) => launchOf('/bin/sh', '-c', script)

const start = (launch: Launch, stdin = false) => {
  const child = startPiped(launch, { stdin, fifos, spawner })
  const chunks: Buffer[] = []
  child.listen((chunk) => void chunks.push(chunk))
  return { child, text: () => Buffer.concat(chunks).toString('utf8') }
}
const run = async (launch: Launch) => {
  const { child, text } = start(launch)
  const ending = await child.ended
  return { ...ending, text: text() }
}
const isStarted = (child: Child) => vi.waitFor(() => expect(child.pid).toBeGreaterThan(0))

/** The helper: the one child of this process that serves orders. */
const helpers = () =>
  childrenOf(process.pid).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('read -r -N 8 size')
    } catch {
      return false
    }
  })

describe('an order to the spawner', () => {
  test('any text arrives as the argument that it was', async () => {
    const word = oneof(
      string({ unit: 'binary', maxLength: 40 }),
      string({
        unit: constantFrom("'", '"', '\\', '$', '`', '\n', '\r', '\x01', '\x7f', '!', ' ', '*', '\t'),
      }),
    ).map((text) => text.replaceAll('\0', ''))
    await assert(
      asyncProperty(array(word, { minLength: 1, maxLength: 8 }), async (args) => {
        const { text, exit } = await run(launchOf('/usr/bin/printf', '%s\\0', ...args))
        expect(exit).toBe(0)
        expect(text).toBe(args.map((arg) => `${Buffer.from(arg).toString('utf8')}\0`).join(''))
      }),
      { numRuns: 60 },
    )
    expect(helpers()).toHaveLength(1)
  })

  test('every byte is quoted', () => {
    const bytes = Buffer.from(Array.from({ length: 255 }, (_, index) => index + 1)).toString('latin1')
    const script = Buffer.from(`printf %s ${quote(bytes)}`, 'latin1')
    const file = join(folder, 'script')
    writeFileSync(file, script)
    expect(execFileSync('/bin/bash', [file], { env: {} }).toString('latin1')).toBe(bytes)
  })

  test('gets the descriptors, environment, signals and group of a direct start', async () => {
    const given = join(folder, 'given')
    writeFileSync(given, 'given text')
    const script =
      'cat <&3; ls /proc/self/fd | tr "\\n" " "; env | grep -v -e ^_= -e ^PWD= | sort; ' +
      'grep -e SigBlk -e SigIgn /proc/self/status; pwd; test -t 0 || cat; echo err >&2'
    const launch = { ...shell(script), fds: [{ fd: 3, path: given }] }
    const helped = await run(launch)
    expect(helpers()).toHaveLength(1)
    await spawner.close()
    const direct = await run(launch)
    expect(helped.text).toMatch(/^given text0 1 2 [^]*PATH=[^]*\n\/\nerr\n$/u)
    expect(helped).toEqual(direct)
  })

  test('standard input stays open for what is written', async () => {
    const { child, text } = start(shell('read -r a; read -r b; echo "$b$a"'), true)
    child.write('one\n')
    await isStarted(child)
    child.write('two\n')
    expect(await child.ended).toEqual({ exit: 0, signal: null })
    expect(text()).toBe('twoone\n')
  })

  test('exit codes, and what cannot be started', async () => {
    expect(await run(shell('exit 7'))).toMatchObject({ exit: 7, signal: null })
    expect(await run(launchOf('/nowhere/tool'))).toMatchObject({ exit: 127, signal: null })
    const { exit, text } = await run({ ...shell('echo ran'), cwd: '/nowhere' })
    expect({ exit, ran: text.includes('ran\n') }).toEqual({ exit: 127, ran: false })
  })

  test('is ended as a group; also before it has begun', async () => {
    const { child } = start(shell('sleep 71.5 & sleep 71.5'))
    await isStarted(child)
    child.force()
    expect(await child.ended).toEqual({ exit: null, signal: 'SIGKILL' })
    const early = start(shell('sleep 71.5'))
    early.child.force()
    expect(await early.child.ended).toEqual({ exit: null, signal: 'SIGKILL' })
    await vi.waitFor(() => expect(running('sleep\u000071.5')).toBe(0))
  })

  test('asking spares the launcher', async () => {
    const { child, text } = start(
      shell('sh -c "trap \'exit 4\' TERM; echo up; while :; do sleep 0.05; done"; echo $?'),
    )
    await vi.waitFor(() => expect(text()).toBe('up\n'))
    child.ask()
    await child.ended
    expect(text()).toMatch(/^up\n(?:Terminated\n)?4\n$/u)
  })

  test('the helper stays small, and nothing is left behind', async () => {
    for (let index = 0; index < 50; index++) await run(shell(':'))
    const [pid = 0] = helpers()
    expect(Number(/VmRSS:\s+(\d+)/u.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])).toBeLessThan(
      8000,
    )
    await vi.waitFor(() => expect(childrenOf(pid)).toEqual([]))
  })
})

describe('without the spawner', () => {
  test('a missing shell means direct starts', async () => {
    open(join(folder, 'no-bash'))
    expect(await run(shell('echo first; exit 3'))).toEqual({ exit: 3, signal: null, text: 'first\n' })
    expect(await run(shell('echo second'))).toEqual({ exit: 0, signal: null, text: 'second\n' })
    expect(helpers()).toEqual([])
  })

  test('when it dies, what runs goes on, and what has not begun is started directly, once', async () => {
    const early = start(shell('sleep 0.5; echo early'))
    await isStarted(early.child)
    const [helper = 0] = helpers()
    send(helper, 'SIGSTOP')
    const marks = join(folder, 'marks')
    const late = start(shell(`echo x >> ${quote(marks)}; echo late`))
    send(helper, 'SIGKILL')
    expect(await late.child.ended).toEqual({ exit: 0, signal: null })
    expect(late.text()).toBe('late\n')
    expect(await early.child.ended).toEqual({ exit: 0, signal: null })
    expect(early.text()).toBe('early\n')
    expect(await run(shell('echo next'))).toMatchObject({ exit: 0, text: 'next\n' })
    expect(readFileSync(marks, 'utf8')).toBe('x\n')
    expect(helpers()).toEqual([])
  })

  test('a command that ends in the moment the helper dies is not run twice', async () => {
    const marks = join(folder, 'marks')
    for (let index = 0; index < 10; index++) {
      fifos.close()
      open('/bin/bash')
      const { child } = start(shell(`echo ${index} >> ${quote(marks)}`))
      await new Promise((resolve) => setTimeout(resolve, index))
      for (const pid of helpers()) send(pid, 'SIGKILL')
      await child.ended
    }
    expect(readFileSync(marks, 'utf8')).toBe(Array.from({ length: 10 }, (_, index) => `${index}\n`).join(''))
  })
})

test('all that was started ends when this process is killed', async () => {
  const script = join(folder, 'main.ts')
  const module = (name: string) => JSON.stringify(join(import.meta.dirname, name))
  writeFileSync(
    script,
    `import { createFifoPool } from ${module('fifo-pool.ts')}
import { createSpawner } from ${module('spawner.ts')}
import { startPiped } from ${module('start-piped.ts')}
const fifos = createFifoPool(${JSON.stringify(folder)}, '/usr/bin/mkfifo')
const spawner = createSpawner({ bash: '/bin/bash', onGone: () => {} })
const launch = { file: '/bin/sh', args: ['-c', 'echo up; trap "" TERM HUP; sleep 72.5'], env: {}, cwd: '/', fds: [], view: '' }
startPiped(launch, { stdin: false, fifos, spawner }).listen((chunk) => process.stdout.write(chunk))
`,
  )
  const main = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
  await new Promise((resolve) => main.stdout.once('data', resolve))
  await vi.waitFor(() => expect(running('sleep\u000072.5')).toBe(1))
  main.kill('SIGKILL')
  await vi.waitFor(() => expect(running('72.5')).toBe(0), 5000)
})

const running = (text: string): number =>
  readdirSync('/proc').filter((pid) => {
    const file = `/proc/${pid}/cmdline`
    try {
      return /^\d+$/u.test(pid) && existsSync(file) && readFileSync(file, 'latin1').includes(text)
    } catch {
      return false
    }
  }).length
