import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cliRig, exec, pause, SYSTEM_NODE, type CliRig, type RunningCli } from './testing/cli-rig.ts'
import { processesNamed, watchTree } from './testing/process-tree.ts'

/** A command that says when it runs, and is found again by a number that nothing else has. */
function longCommand(trap = ''): { command: string; marker: string } {
  const marker = `9${process.pid}.${Math.random().toString().slice(2, 10)}`
  return { command: `${trap}touch started; sleep ${marker}`, marker }
}

async function started(
  rig: CliRig,
  words: readonly string[],
  via: readonly string[] = [],
): Promise<RunningCli> {
  const running = rig.start(['run', ...rig.model(), ...words, 'wait'], { via })
  await running.until(() => existsSync(join(rig.cwd, 'started')))
  return running
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s while a command runs: cancelled, exit 130, nothing is left',
  async (signal) => {
    const { command, marker } = longCommand()
    await using rig = await cliRig([{ calls: [exec(command)] }, { text: 'never' }])
    const running = await started(rig, ['--json'])
    const tree = watchTree(running.pid)
    running.child.kill(signal)
    const run = await running.result
    tree.stop()
    expect([run.code, run.signal, run.last?.type, run.last?.status]).toEqual([
      130,
      null,
      'session.finished',
      'cancelled',
    ])
    expect(run.events.find((event) => event.type === 'tool.done')).toMatchObject({
      ok: false,
      lost: 'cancelled',
    })
    expect([tree.alive(), processesNamed(marker)]).toEqual([[], []])
    expect(rig.server.requests.length).toBe(1)
    expect((await rig.cairn(['log', 'verify'])).code).toBe(0)
  },
)

test('SIGINT to a launching Node of the system reaches the session, and is waited for', async () => {
  const { command, marker } = longCommand()
  await using rig = await cliRig([{ calls: [exec(command)] }, { text: 'never' }])
  const running = await started(rig, ['--json'], [SYSTEM_NODE])
  running.child.kill('SIGINT')
  const run = await running.result
  expect([run.code, run.last?.status]).toEqual([130, 'cancelled'])
  expect(processesNamed(marker)).toEqual([])
})

test('Ctrl-C that arrives twice at once, as npm passes it on, is one', async () => {
  const { command } = longCommand()
  await using rig = await cliRig([{ calls: [exec(command)] }, { text: 'never' }])
  const running = await started(rig, ['--json'])
  running.child.kill('SIGINT')
  await pause(20)
  running.child.kill('SIGINT')
  const run = await running.result
  expect([run.code, run.last?.status]).toEqual([130, 'cancelled'])
})

test('SIGINT while the model thinks', async () => {
  await using rig = await cliRig([{ hang: 'body' }])
  const running = rig.start(['run', '--json', ...rig.model(), 'think'])
  await running.until(() => rig.server.requests.length === 1)
  running.child.kill('SIGINT')
  const run = await running.result
  expect([run.code, run.last?.status]).toEqual([130, 'cancelled'])
  await rig.server.abandoned(1)
})

test('a second Ctrl-C does not wait for a command that ignores the first', async () => {
  const { command, marker } = longCommand('trap "" TERM INT HUP; ')
  await using rig = await cliRig([{ calls: [exec(`${command} & sleep ${marker}`)] }, { text: 'never' }])
  const running = await started(rig, ['--json'])
  const tree = watchTree(running.pid)
  running.child.kill('SIGINT')
  // Longer apart than a signal that was passed on.
  await pause(600)
  running.child.kill('SIGINT')
  const run = await running.result
  tree.stop()
  expect(run.code).toBe(130)
  // The kernel ends what was in the sandbox; it may take it a moment.
  while (tree.alive().length + processesNamed(marker).length > 0) await pause(20)
  const resumed = await rig.cairn(['resume', '--last', '--json', ...rig.model()])
  expect([resumed.code, resumed.last?.status]).toEqual([0, 'answered'])
})

test.each([
  ['standard output of --json', ['run', '--json'], '| head -1'],
  ['standard error', ['run'], '2>&1 | head -1'],
  ['a list', ['models'], '| head -1'],
  ['the help', ['run', '--help'], '| head -1'],
  ['a story', ['show', '--verbose'], '| head -1'],
  ['an export', ['log', 'export'], '| head -c 10'],
])('%s that nobody reads to the end is no crash', async (_what, words, pipe) => {
  await using rig = await cliRig(({ index }) =>
    index < 6 ? { text: `step ${index}`, calls: [exec(`seq 1 2000; echo ${index}`)] } : { text: 'end' },
  )
  if (words[0] !== 'run' && words[0] !== 'models') await rig.run('first')
  const more = words[0] === 'run' && !words.includes('--help') ? [...rig.model(), 'go'] : []
  const script = `"$@" ${pipe} >/dev/null; wait; echo "code \${PIPESTATUS[0]}"`
  const run = await rig.cairn([...words, ...more], { via: ['bash', '-c', script, 'bash'] })
  expect(run.err).not.toMatch(/EPIPE|\n {4}at |Unhandled|defect/)
  expect(run.out).toMatch(/^code \d+\n$/)
  if (words[0] !== 'run') return
  // A session that nobody listens to is ended in good order.
  const sessions = await rig.cairn(['sessions', '--json'])
  for (const session of sessions.out.split('\n').filter((line) => line !== ''))
    expect(JSON.parse(session)).toMatchObject({ status: 'cancelled' })
})
