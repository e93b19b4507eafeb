import { openStore, sessionPath } from '@cairn/journal'
import type { ScriptedCall } from '@cairn/models/testing'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { sessionRig } from './testing/session-rig.ts'

const call = (tool: string, args: object): ScriptedCall => ({ tool, args: JSON.stringify(args) })
const key = 'Zq8-v2RkT5.wX9_mB3nL7pC1xY'
const forms = [
  key,
  [...key].reverse().join(''),
  Buffer.from(key).toString('hex'),
  encodeURIComponent(key),
  Buffer.from(key).toString('base64').slice(0, 30),
]
const github = `ghp_${'aB3dE5fG7hJ9'.repeat(3)}`

/** Everything that was kept or sent, as text. */
function everything(rig: Awaited<ReturnType<typeof sessionRig>>): string {
  const dataDir = join(dirname(rig.cwd), 'data')
  const store = openStore(sessionPath(dataDir, 'rig'), { sessionId: 'rig', mode: 'reader', now: Date.now })
  try {
    const blobs = [...store.listBlobs()].map(({ sha256 }) =>
      Buffer.from(store.getBlob(sha256) ?? []).toString(),
    )
    return [
      JSON.stringify([...store.read()]),
      ...blobs,
      ...rig.server.requests.map((request) => request.text),
    ].join('\n')
  } finally {
    store.close()
  }
}

test('a registered key is in no event, no blob and no request, however a command prints it', async () => {
  const lines = 'for i in $(seq 30000); do echo "line $i"; done'
  await using rig = await sessionRig(
    [
      {
        calls: [
          call('exec', { command: 'cat keys.txt' }),
          call('read', { path: 'keys.txt' }),
          call('search', { pattern: 'Zq8' }),
        ],
      },
      {
        calls: [
          call('exec', {
            command: 'base64 < key; xxd -p < key || od -An -tx1 < key | tr -d " \\n"; rev key',
          }),
        ],
      },
      // Far more than is shown: what is left out goes to a blob, with the key in its middle and at a cut.
      { calls: [call('exec', { command: `${lines}; cat key; ${lines}; base64 key; ${lines}` })] },
      { calls: [call('exec', { command: 'head -c 5 key; sleep 0.3; tail -c +6 key; echo; echo end' })] },
      { calls: [call('exec', { command: 'cat key', tty: true })] },
      { text: `It is ${key}.` },
    ],
    { env: { MY_API_KEY: key } },
  )
  writeFileSync(join(rig.cwd, 'key'), key)
  writeFileSync(join(rig.cwd, 'keys.txt'), `mine=${key}\ntheirs ${github}\n`)
  await rig.run(`My key is ${key}, keep it. ${github} is mine too.`)
  const all = everything(rig)
  for (const form of forms) expect(all).not.toContain(form)
  const outputs = rig.of('tool.done').map((event) => event.body.output)
  const mark = /\[secret:registered:[0-9a-f]{8}\]/u.exec(outputs[0] ?? '')?.[0] ?? 'none'
  for (const output of outputs.slice(0, 4)) expect(output).toContain(mark)
  expect(outputs[3]?.split(mark).length).toBeGreaterThanOrEqual(2)
  expect(outputs[5]).toContain(`${mark}\nend`)
  expect(outputs[0]).toMatch(/theirs \[secret:github:/u)
  const big = rig.of('tool.done').find((event) => event.body.full !== undefined)
  expect(big?.body.full?.lines).toBe(90_001)
  // What a person says is guessed at in nothing: only what is known to be secret is taken out.
  expect(rig.of('user.message')[0]?.body.text).toBe(`My key is ${mark}, keep it. ${github} is mine too.`)
})

test('marks stay the same when a session is resumed, and differ between sessions', async () => {
  await using rig = await sessionRig(
    ({ index }) => (index % 2 === 0 ? { calls: [call('exec', { command: 'cat key' })] } : { text: 'end' }),
    {
      env: { MY_API_KEY: key },
      files: { key },
    },
  )
  await rig.run('one')
  await rig.run('two')
  const session = await rig.open({ sessionId: 'other' })
  await session.close()
  const [first, second] = rig.of('tool.done').map((event) => event.body.output)
  expect(first).toContain('[secret:registered:')
  expect(second).toBe(first)
})
