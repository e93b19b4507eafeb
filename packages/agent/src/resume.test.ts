import type { ScriptedCall } from '@cairn/models/testing'
import { expect, test } from 'vitest'
import { sessionRig } from './testing/session-rig.ts'

const exec = (args: object): ScriptedCall => ({ tool: 'exec', args: JSON.stringify(args) })

test('what was left running is journaled, and a session that goes on is told that it ended with cairn', async () => {
  await using rig = await sessionRig([
    { calls: [exec({ command: 'echo ready; sleep 600', yield_ms: 20_000, until: 'ready' })] },
    { text: 'the server runs' },
    { text: 'I start it again' },
    { text: 'nothing runs' },
  ])
  await rig.run('start the server')
  const [started] = rig.of('process.started')
  expect(started?.body).toMatchObject({ command: 'echo ready; sleep 600' })
  expect(started?.body.pid).toBeGreaterThan(1)

  await rig.run('is it up?')
  const id = started?.body.id ?? ''
  expect(rig.of('process.ended').map(({ body }) => body.id)).toEqual([id])
  expect(rig.of('session.resumed').map(({ body }) => body.reason)).toEqual([
    `processes ended when cairn did: ${id} (echo ready; sleep 600). Start again what is still needed`,
  ])
  const last = JSON.stringify(rig.server.requests.at(-1)?.body)
  expect(last).toContain(`process ${id} has ended: signal SIGKILL`)
  expect(last).toContain('Start again what is still needed')

  await rig.run('and now?')
  expect(rig.of('session.resumed')).toHaveLength(1)
})

test('a command that came to its end leaves nothing to say', async () => {
  await using rig = await sessionRig([
    { calls: [exec({ command: 'true' })] },
    { text: 'done' },
    { text: 'again' },
  ])
  await rig.run('run it')
  await rig.run('go on')
  expect(rig.of('process.started')).toEqual([])
  expect(rig.of('session.resumed')).toEqual([])
})
