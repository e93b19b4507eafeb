import { CairnError, startCairn, type Question } from './index.ts'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { sdkRig } from './testing/sdk-rig.ts'

const call = (tool: string, args: object) => ({ tool, args: JSON.stringify(args) })
const exec = (command: string) => call('exec', { command })
const EDIT = call('edit', { path: 'a.ts', old: 'const port = 80', new: 'const port = 8080' })
const FILES = { 'a.ts': 'const port = 80\n' }

test('start, stream, approve, fork, undo, context and events', async () => {
  await using cli = await sdkRig(
    [{ text: 'I see.', calls: [EDIT] }, { calls: [exec('git reset --hard; true')] }, { text: 'Done.' }],
    FILES,
  )
  const questions: Question[] = []
  await using cairn = await startCairn({
    ...cli.options,
    answer(question) {
      questions.push(question)
      return 'allow-once'
    },
  })
  expect(cairn.version).toMatch(/^\d+\.\d+/u)
  const session = await cairn.start({ cwd: cli.cwd })
  const kinds: string[] = []
  const reading = (async () => {
    for await (const event of session.events()) kinds.push(event.kind)
  })()
  const turn = session.prompt('Never touch b.ts. Change the port.')
  expect(await turn.text()).toContain('Done.')
  expect(await turn.end).toMatchObject({ status: 'answered' })
  expect(questions[0]?.text).toContain('git reset --hard')
  expect((await session.context()).ledger.map(({ text }) => text).join()).toContain('Never touch b.ts')
  await session.compact()
  const copy = await session.fork()
  expect((await session.undo()).written).toBe(1)
  expect(readFileSync(join(cli.cwd, 'a.ts'), 'utf8')).toBe('const port = 80\n')
  await session.redo()
  await session.close()
  await reading
  expect(kinds).toEqual(
    expect.arrayContaining(['session.started', 'tool.done', 'approval.granted', 'session.finished']),
  )
  const listed = await cairn.list(cli.cwd)
  expect(listed.map(({ id }) => id).toSorted()).toEqual([copy, session.id].toSorted())
  const again = await cairn.load(copy, { cwd: cli.cwd })
  expect(await again.prompt('and now?').end).toMatchObject({ status: 'answered' })
}, 60_000)

test('steer and cancel; a second turn and wrong folders are refused by a code', async () => {
  await using cli = await sdkRig([{ calls: [exec('sleep 60')] }, { text: 'fine' }], FILES)
  await using cairn = await startCairn(cli.options)
  const session = await cairn.start({ cwd: cli.cwd })
  const turn = session.prompt('wait')
  for await (const update of turn) if (update.sessionUpdate === 'tool_call') break
  await expect(session.prompt('me too').end).rejects.toMatchObject({ code: 'busy' })
  await turn.steer('hurry')
  await setTimeout(100)
  await turn.cancel()
  expect(await turn.end).toMatchObject({ status: 'cancelled' })
  await expect(cairn.start({ cwd: '/no/such' })).rejects.toMatchObject({ code: 'bad-folder' })
  await expect(session.setModel('nobody/x')).rejects.toBeInstanceOf(CairnError)
}, 60_000)

test('a command that is not there, and one that is killed', async () => {
  await expect(startCairn({ command: '/no/such/cairn' })).rejects.toMatchObject({ code: 'not-started' })
  await using cli = await sdkRig([{ calls: [exec('sleep 60')] }], FILES)
  await expect(startCairn({ ...cli.options, args: ['--no-such-option'] })).rejects.toMatchObject({
    code: 'gone',
    message: expect.stringContaining('no-such-option'),
  })
}, 60_000)
