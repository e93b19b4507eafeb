import type { ScriptedRequest } from '@cairn/models/testing'
import { expect, test } from 'vitest'
import { NO_BUDGET } from './budget.ts'
import type { Session } from './session.ts'
import { sessionRig } from './testing/session-rig.ts'

const never = () => new AbortController().signal
const exec = (command: string) => ({ tool: 'exec', args: JSON.stringify({ command }) })

test('what is said during a turn comes at the next boundary, after the results of the step', async () => {
  let session: Session | null = null
  await using rig = await sessionRig(({ index }: ScriptedRequest) => {
    if (index === 0) session?.steer('use tabs')
    return index === 0 ? { calls: [exec('echo one')] } : { text: 'done' }
  })
  session = await rig.open()
  await session.run('go', NO_BUDGET, never())
  await session.close()
  expect(rig.events.filter((event) => ['user.message', 'tool.done'].includes(event.kind))).toMatchObject([
    { kind: 'user.message', turn: 1, body: { text: 'go' } },
    { kind: 'tool.done' },
    { kind: 'user.message', turn: 1, body: { text: 'use tabs' } },
  ])
  expect(rig.server.requests[1]?.text).toContain('use tabs')
})

test.each([
  ['an answer', { text: 'It is done.' }],
  ['finish', { calls: [{ tool: 'finish', args: '{"summary":"done"}' }] }],
])('a turn does not end with %s while something unread waits', async (_name, last) => {
  let session: Session | null = null
  await using rig = await sessionRig(({ index }: ScriptedRequest) => {
    if (index === 0) session?.steer('one more thing')
    return last
  })
  session = await rig.open()
  await session.run('go', NO_BUDGET, never())
  await session.close()
  expect(rig.server.requests).toHaveLength(2)
  expect(rig.server.requests[1]?.text).toContain('one more thing')
})

test('a message can be taken back until it is delivered', async () => {
  await using rig = await sessionRig([{ text: 'a' }, { text: 'b' }])
  const session = await rig.open()
  const back = session.steer('never mind')
  expect([back(), back()]).toEqual([true, false])
  const kept = session.steer('this one')
  await session.run('go', NO_BUDGET, never())
  expect(kept()).toBe(false)
  await session.close()
  expect(JSON.stringify(rig.events)).not.toContain('never mind')
})

test('effort, a forced epoch, a pin and a name', async () => {
  await using rig = await sessionRig([{ text: 'a' }, { text: 'b' }])
  const session = await rig.open()
  await session.run('go', NO_BUDGET, never())
  session.setEffort('high')
  session.pin('The port is 8080.')
  session.rename('ports')
  session.compact()
  await session.run('more', NO_BUDGET, never())
  expect(session.state.title).toBe('ports')
  expect(session.context.ledger()).toContainEqual(
    expect.objectContaining({ authority: 'user', type: 'fact', text: 'The port is 8080.' }),
  )
  await session.close()
  expect(rig.of('epoch.started')).toMatchObject([{ body: { epoch: 1, cause: 'asked by the user' } }])
  expect(rig.of('model.requested').map(({ body }) => [body.epoch, body.effort])).toEqual([
    [0, undefined],
    [1, 'high'],
  ])
  expect(rig.server.requests[1]?.text).toContain('8080')
})
