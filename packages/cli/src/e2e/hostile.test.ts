import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { call, cliRig, exec, pause, type CliResult } from './testing/cli-rig.ts'
import { processesNamed, watchTree, type TreeWatch } from './testing/process-tree.ts'

const LIMIT = 250 * 1024 * 1024

/** A number of seconds that nothing else sleeps for: what is left behind is found by it. */
const unique = () => `9${process.pid}.${Math.random().toString().slice(2, 10)}`

async function survived(
  script: Parameters<typeof cliRig>[0],
  words: readonly string[] = [],
): Promise<{ run: CliResult; tree: TreeWatch; outputs: string[] }> {
  await using rig = await cliRig(script)
  const running = rig.start(['run', '--json', ...rig.model(), ...words, 'go'])
  const tree = watchTree(running.pid)
  const run = await running.result
  tree.stop()
  const outputs = run.events
    .filter((event) => event.type === 'tool.done')
    .map((event) => String(event.output))
  expect([run.err, run.code, run.last?.status]).toEqual(['', 0, 'answered'])
  expect(tree.peakBytes).toBeLessThan(LIMIT)
  expect(tree.alive()).toEqual([])
  return { run, tree, outputs }
}

test('50 MB on one line', async () => {
  const { run, outputs } = await survived(({ index }) =>
    index < 2 ? { calls: [exec(`head -c 50000000 /dev/zero | tr "\\0" ${index}`)] } : { text: 'end' },
  )
  expect(run.events.filter((event) => event.type === 'tool.done').map((event) => event['full'])).toEqual([
    expect.objectContaining({ bytes: 50_000_000 }),
    expect.objectContaining({ bytes: 50_000_000 }),
  ])
  for (const output of outputs) expect(output.length).toBeLessThan(60_000)
})

test('50 MB on standard error, of bytes that are no text', async () => {
  const { outputs } = await survived([
    { calls: [exec('head -c 50000000 /dev/urandom >&2')] },
    { text: 'end' },
  ])
  expect(outputs[0]?.length).toBeLessThan(60_000)
})

test('output without an end is limited by time', async () => {
  const { outputs } = await survived([
    { calls: [exec('yes "all work and no play"', { timeout_ms: 1_500 })] },
    { text: 'end' },
  ])
  expect(outputs[0]).toMatch(/^\[killed: (time|output) limit reached/)
})

test('one that ignores SIGTERM, killed by its time limit, and one left running at the end', async () => {
  const marker = unique()
  const stubborn = `trap "" TERM INT HUP; echo up; while :; do sleep ${marker}; done`
  const { outputs } = await survived([
    { calls: [exec(stubborn, { timeout_ms: 500 })] },
    { calls: [exec(stubborn, { yield_ms: 500 })] },
    { text: 'end' },
  ])
  expect(outputs[0]).toContain('killed: time limit reached')
  expect(outputs[1]).toContain('still running')
  expect(processesNamed(marker)).toEqual([])
})

test('one that forks 500 children, some of them away from its group', async () => {
  const marker = unique()
  const { outputs, tree } = await survived([
    {
      calls: [
        exec(`for n in $(seq 250); do sleep ${marker} & setsid sleep ${marker} & done; echo forked; wait`, {
          until: 'forked',
          yield_ms: 20_000,
        }),
      ],
    },
    { calls: [exec('sleep 1')] },
    { text: 'end' },
  ])
  expect(outputs[0]).toContain('forked')
  expect(tree.peakProcesses).toBeGreaterThan(500)
  expect(processesNamed(marker)).toEqual([])
})

test('one that goes on in the background after its shell has ended', async () => {
  const marker = unique()
  const { outputs } = await survived([
    { calls: [exec(`nohup setsid sleep ${marker} >/dev/null 2>&1 & echo started`)] },
    { text: 'end' },
  ])
  expect(outputs[0]).toContain('started')
  expect(processesNamed(marker)).toEqual([])
})

test('one that reads from standard input gets an end, not the terminal', async () => {
  const { outputs } = await survived([
    { calls: [exec('cat; read -r line; echo "got [$line]"')] },
    { text: 'end' },
  ])
  expect(outputs[0]).toBe('[exit 0]\ngot []')
})

test('a full-screen program in a terminal is seen as a screen, and takes keys', async () => {
  const program =
    'printf "\\033[?1049h\\033[2J\\033[5;10HPress q to leave"; IFS= read -rsn1 key; printf "\\033[?1049l"; echo "key was $key"'
  const { outputs } = await survived(({ index, body }) => {
    const process = /process (p\d+)/.exec(JSON.stringify(body))?.[1] ?? 'none'
    if (index === 0) return { calls: [exec(program, { tty: true, until: 'Press q', yield_ms: 10_000 })] }
    return index === 1
      ? { calls: [call('write_stdin', { process, text: 'q', yield_ms: 10_000 })] }
      : { text: 'end' }
  })
  expect(outputs[0]).toMatch(/still running.*\nscreen:\n[\s\S]*Press q to leave/)
  expect(outputs[1]).toContain('key was q')
})

test('one that eats memory is no part of cairn, and cancelling ends it', async () => {
  await using rig = await cliRig([{ calls: [exec('touch started; tail /dev/zero')] }, { text: 'never' }])
  const running = rig.start(['run', '--json', ...rig.model(), '--timeout', '8', 'go'])
  const tree = watchTree(running.pid)
  await running.until(() => existsSync(join(rig.cwd, 'started')))
  await pause(300)
  running.child.kill('SIGINT')
  const run = await running.result
  tree.stop()
  expect([run.code, run.last?.status]).toEqual([130, 'cancelled'])
  expect(tree.alive()).toEqual([])
})
