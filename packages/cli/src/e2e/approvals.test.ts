import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cliRig, exec, pause } from './testing/cli-rig.ts'

const forced = 'echo x > ran; git stash clear || true'

test('a run waits for an approval that another terminal gives, bound to what it shows', async () => {
  await using rig = await cliRig([{ calls: [exec(forced)] }, { text: 'end' }])
  const running = rig.start(['run', '--json', '--wait-for-approval', '60', ...rig.model(), 'go'])
  await running.until((each) => each.out().includes('"approval.requested"'))
  const folder = join(rig.dataDir, 'approvals')
  while (!existsSync(folder) || !readdirSync(folder).some((name) => name.endsWith('.request.json')))
    await pause(20)
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o077).toBe(0)
  const listed = await rig.cairn(['approvals', 'list'])
  expect(listed.out).toContain(`command: ${forced}`)
  expect(existsSync(join(rig.cwd, 'ran'))).toBe(false)
  const id = /^([0-9a-f]{16}) /u.exec(listed.out)?.[1] ?? ''
  expect((await rig.cairn(['approve', 'ffffffffffff'])).code).toBe(2)
  expect((await rig.cairn(['approve', id])).out).toBe(`approved ${id}\n`)
  const { code, events } = await running.result
  expect(code).toBe(0)
  expect(existsSync(join(rig.cwd, 'ran'))).toBe(true)
  expect(events.map(({ type }) => type).filter((type) => type.startsWith('approval.'))).toEqual([
    'approval.requested',
    'approval.granted',
    'approval.used',
  ])
  expect(readdirSync(folder)).toEqual([])
})

test('--ask without a terminal is refused before anything starts', async () => {
  await using rig = await cliRig([{ text: 'never' }])
  const { code, err } = await rig.cairn(['run', '--ask', ...rig.model(), 'go'])
  expect(code).toBe(2)
  expect(err).toContain('--ask needs a terminal')
})

test('a stop ends a command with its processes, is journaled, and holds until it is lifted', async () => {
  await using rig = await cliRig([
    { calls: [exec('trap "" TERM; sleep 300 & echo began; sleep 300')] },
    { text: 'end' },
  ])
  const running = rig.start(['run', '--json', ...rig.model(), 'go'])
  await running.until((each) => each.out().includes('"tool.intended"'))
  const stopped = await rig.cairn(['stop', '--all', '--reason', 'enough'])
  expect(stopped.out).toMatch(/ stopped\n1 session stopped\n$/u)
  const { code, events } = await running.result
  expect(code).toBe(130)
  expect(events.find(({ type }) => type === 'session.stopped')).toMatchObject({ reason: 'enough' })
  const again = await rig.cairn(['resume', '--last', ...rig.model(), 'more'])
  expect(again.code).toBe(5)
  expect(again.err).toContain('--lift-stop')
  const lifted = await rig.cairn(['resume', '--last', '--lift-stop', ...rig.model(), 'more'])
  expect(lifted.code).toBe(0)
})

test('a stop ends a session whose model does not answer', async () => {
  await using rig = await cliRig([{ hang: 'headers' }])
  const running = rig.start(['run', '--json', ...rig.model(), 'go'])
  await running.until((each) => each.out().includes('"model.requested"'))
  await rig.cairn(['stop', '--all'])
  const { code, events } = await running.result
  expect(code).toBe(130)
  expect(events.some(({ type }) => type === 'session.stopped')).toBe(true)
})
