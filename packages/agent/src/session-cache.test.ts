import { createContext, type ContextConfig } from '@cairn/context'
import { openStore, sessionPath } from '@cairn/journal'
import type { Script } from '@cairn/models/testing'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { NO_BUDGET } from './budget.ts'
import { codeId, openSessionCache } from './session-cache.ts'
import { emptySessionState } from './session-state.ts'
import { sessionRig, type SessionRig } from './testing/session-rig.ts'

const bytesOf = (value: unknown) => JSON.stringify(value)

/** Opens the session, looks at its request and its state, and closes it again. */
async function look(rig: SessionRig, code: string) {
  await using session = await opened(rig, code)
  const { items } = session.open.context.project().request
  const state = session.open.state
  return bytesOf({ items, ledger: session.open.context.ledger(), state, calls: [...state.callIds] })
}

async function opened(rig: SessionRig, code: string) {
  const open = await rig.open({ code })
  return { open, [Symbol.asyncDispose]: () => open.close() }
}

async function longSession(rig: SessionRig): Promise<string> {
  await using session = await opened(rig, 'a')
  await session.open.run('The port must be 3000.', NO_BUDGET, AbortSignal.timeout(60_000))
  for (let n = 0; n < 600; n++) session.open.rename(`title ${n}`)
  session.open.compact()
  session.open.pin('The seed is 991.')
  return `${sessionPath(rig.dataDir, 'rig')}.context`
}

const script: Script = [
  { text: 'first', calls: [{ tool: 'exec', args: '{"command":"echo out"}' }] },
  { text: 'end' },
]

test('a session that goes on from its cache is the one that the journal gives', async () => {
  await using rig = await sessionRig(script)
  const file = await longSession(rig)
  const written = readFileSync(file)
  const cached = await look(rig, 'a')
  expect(cached).toContain('The seed is 991.')
  rmSync(file)
  expect(await look(rig, 'a')).toBe(cached)
  writeFileSync(file, written)
  expect(await look(rig, 'another code')).toBe(cached)
})

test('a cache that is damaged, or of another journal, is as good as none', async () => {
  await using rig = await sessionRig(script)
  const file = await longSession(rig)
  const good = readFileSync(file)
  const expected = await look(rig, 'a')
  const broken = Uint8Array.from(good)
  broken[good.length >> 1] = (broken[good.length >> 1] ?? 0) ^ 1
  for (const bytes of [broken, good.subarray(0, 100), new Uint8Array(), Buffer.from('no cache')]) {
    writeFileSync(file, bytes)
    expect(await look(rig, 'a')).toBe(expected)
  }
  await using other = await sessionRig(script)
  const theirs = await longSession(other)
  const fresh = await look(other, 'another code')
  writeFileSync(theirs, good)
  expect(await look(other, 'a')).toBe(fresh)
})

test('a short session has none', async () => {
  await using rig = await sessionRig(script)
  await (await rig.open({ code: 'a' })).close()
  expect(existsSync(`${sessionPath(rig.dataDir, 'rig')}.context`)).toBe(false)
})

test('only the bundle has a name for its code', () => {
  expect(codeId('file:///x/dist/chunk-ABCDEFG2.js')).toBe('chunk-ABCDEFG2.js')
  expect(codeId(import.meta.url)).toBeNull()
})

test('what is read is what was written, where code, configuration and journal are the same', async () => {
  await using rig = await sessionRig(script)
  const journal = sessionPath(rig.dataDir, 'rig')
  await (await rig.open()).close()
  const options = { sessionId: 'rig', mode: 'writer', now: Date.now } as const
  const config: ContextConfig = {
    model: {
      provider: 'test',
      id: 'test',
      name: 'Test',
      window: 32_000,
      maxOutput: 4_000,
      prices: null,
      images: true,
      reasoning: false,
      editTool: 'edit',
      cacheTtl: 300,
    },
    system: 'You are a test.',
    tools: [],
    narrative: false,
  }
  const store = openStore(journal, options)
  const said = {
    time: 1,
    turn: 1,
    step: 0,
    kind: 'harness.message',
    body: { text: 'x', reason: 'y' },
  } as const
  store.append(Array.from({ length: 700 }, () => said))
  const context = createContext(config, { blob: () => null, disk: () => null })
  for (const event of store.read()) context.ingest(event)
  const { size } = store.head()
  const open = (code: string, changed = config) => openSessionCache(journal, store, changed, code)
  open('a').write(emptySessionState(), context)
  expect(open('a').read()?.position).toBe(size)
  expect(open('b').read()).toBeNull()
  expect(open('a', { ...config, window: 16_000 }).read()).toBeNull()
  store.append([said])
  expect(open('a').read()?.position).toBe(size)
  store.close()
})
