import { openStore, sessionPath } from '@cairn/journal'
import { expect, test } from 'vitest'
import { sessionRig } from './testing/session-rig.ts'

const call = (command: string) => ({ calls: [{ tool: 'exec', args: JSON.stringify({ command }) }] })

test('before each model call the boundary sees all that happened', async () => {
  const seen: string[][] = []
  const requests: number[] = []
  await using rig = await sessionRig([call('echo one'), call('echo two'), { text: 'end' }], {
    async stepBoundary(journal) {
      const from = seen.flat().length + 1
      seen.push([...journal.raw(from)].map((event) => event.kind))
      expect(seen.flat()).toHaveLength(journal.head().size)
      requests.push(rig.server.requests.length)
      return 'held'
    },
  })
  expect((await rig.run('do it')).status).toBe('answered')
  expect(requests).toEqual([0, 1, 2])
  expect(seen[0]).toContain('user.message')
  for (const kinds of seen.slice(1)) {
    expect(kinds.filter((kind) => kind === 'model.answered')).toHaveLength(1)
    expect(kinds.filter((kind) => kind === 'tool.done')).toHaveLength(1)
  }
})

test('a session that goes on elsewhere asks no model and writes nothing more', async () => {
  let size = 0
  await using rig = await sessionRig([call('sleep 30 & echo x > made.txt'), { text: 'end' }], {
    async stepBoundary(journal) {
      size = journal.head().size
      return rig.server.requests.length === 0 ? 'held' : 'lost'
    },
  })
  await expect(rig.run('do it')).rejects.toMatchObject({ code: 'lease-lost' })
  expect(rig.server.requests).toHaveLength(1)
  const store = openStore(sessionPath(rig.dataDir, 'rig'), {
    sessionId: 'rig',
    mode: 'reader',
    now: Date.now,
  })
  expect(store.head().size).toBe(size)
  expect([...store.read({ kinds: ['session.finished'] })]).toEqual([])
  store.close()
})
