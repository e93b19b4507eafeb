import { loadOrCreateKey, liveEvents, openStore, sessionPath, verifyLog } from '@cairn/journal'
import { readFileSync, existsSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openCheckpoints } from './open-checkpoints.ts'
import { redoTurns, undoTurns, type RewindOptions } from './rewind-session.ts'
import { sessionRig, type SessionRig } from './testing/session-rig.ts'

const exec = (command: string, id: string) => ({
  calls: [{ id, tool: 'exec', args: JSON.stringify({ command }) }],
})

/** Opens the journal of the rig as `cairn undo` does. */
async function withSession<T>(rig: SessionRig, act: (options: RewindOptions) => Promise<T>): Promise<T> {
  const dataDir = join(dirname(rig.cwd), 'data')
  const store = openStore(sessionPath(dataDir, 'rig'), {
    sessionId: 'rig',
    mode: 'writer',
    now: Date.now,
    key: loadOrCreateKey(dataDir),
  })
  const checkpoints = openCheckpoints(dataDir, rig.cwd, process.env)
  try {
    return await act({ store, checkpoints, cwd: rig.cwd, now: Date.now, force: false })
  } finally {
    await checkpoints.close()
    store.close()
  }
}

const text = (rig: SessionRig, name: string) => {
  const path = join(rig.cwd, name)
  return existsSync(path) ? readFileSync(path, 'utf8') : null
}

describe('undo and redo', () => {
  it('take back conversation and files of a turn, and bring both back', async () => {
    await using rig = await sessionRig(
      [
        exec('echo one > a.txt; mkdir -p made/empty; rm b.txt', 'c1'),
        { text: 'First.' },
        exec('echo two > a.txt', 'c2'),
        { text: 'Second.' },
        { text: 'Third.' },
      ],
      { files: { 'a.txt': 'zero\n', 'b.txt': 'b\n' } },
    )
    await rig.run('do the first')
    await rig.run('do the second')
    expect(text(rig, 'a.txt')).toBe('two\n')

    const undone = await withSession(rig, (options) => undoTurns(1, options))
    expect(undone).toMatchObject({
      reason: 'undo',
      request: 'do the second',
      written: 1,
      deleted: 0,
      kept: [],
    })
    expect(text(rig, 'a.txt')).toBe('one\n')
    const again = await withSession(rig, (options) => undoTurns(1, options))
    expect(again).toMatchObject({ request: 'do the first', written: 2, deleted: 0 })
    expect([text(rig, 'a.txt'), text(rig, 'b.txt'), existsSync(join(rig.cwd, 'made'))]).toEqual([
      'zero\n',
      'b\n',
      false,
    ])
    await expect(withSession(rig, (options) => undoTurns(1, options))).rejects.toMatchObject({
      code: 'nothing-to-undo',
    })

    await withSession(rig, (options) => redoTurns(options))
    expect([text(rig, 'a.txt'), text(rig, 'b.txt')]).toEqual(['one\n', null])
    await withSession(rig, (options) => redoTurns(options))
    expect(text(rig, 'a.txt')).toBe('two\n')
    await expect(withSession(rig, (options) => redoTurns(options))).rejects.toMatchObject({
      code: 'nothing-to-redo',
    })

    await withSession(rig, (options) => undoTurns(1, options))
    await rig.run('do the third')
    const request = JSON.stringify(rig.server.requests.at(-1)?.body)
    expect(request).toContain('do the first')
    expect(request).toContain('do the third')
    expect(request).not.toContain('do the second')
    const journal = sessionPath(join(dirname(rig.cwd), 'data'), 'rig')
    expect((await verifyLog(journal, { vkey: null })).ok).toBe(true)
    await withSession(rig, async ({ store }) => {
      const asked = [...liveEvents(store)].flatMap((event) =>
        event.kind === 'user.message' ? [event.body.text] : [],
      )
      expect(asked).toEqual(['do the first', 'do the third'])
      expect([...store.read({ kinds: ['user.message'] })]).toHaveLength(3)
    })
  })

  it('keeps what a person changed since, and says what it cannot take back', async () => {
    await using rig = await sessionRig([exec('echo x > a.txt; echo x > b.txt', 'c1'), { text: 'Done.' }], {
      files: { 'a.txt': 'a', 'b.txt': 'b' },
    })
    await rig.run('write')
    writeFileSync(join(rig.cwd, 'b.txt'), 'mine')
    const undone = await withSession(rig, (options) => undoTurns(1, options))
    expect(undone.kept).toEqual(['b.txt'])
    expect([text(rig, 'a.txt'), text(rig, 'b.txt')]).toEqual(['a', 'mine'])
    expect(undone.remaining.join()).toContain('what 1 commands did outside')
  })
})
