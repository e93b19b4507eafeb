import type { ScriptedRequest } from '@cairn/models/testing'
import type { Wire } from '@cairn/models'
import { tinyPng } from '@cairn/agent/testing'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { call, cliRig } from './testing/cli-rig.ts'

const PNG = tinyPng(4, 3)
const BASE64 = PNG.toString('base64')
const SEEING: Record<Wire, string> = {
  responses: 'openai/gpt-6-sol',
  chat: 'openai/gpt-6-sol',
  messages: 'anthropic/claude-sonnet-4-5',
  gemini: 'google/gemini-3-pro',
}
const KEYS = { OPENAI_API_KEY: 'k', ANTHROPIC_API_KEY: 'k', GEMINI_API_KEY: 'k' }

test.each(['responses', 'chat', 'messages', 'gemini'] as const)(
  'images of a person and of a tool reach the model over %s',
  async (wire) => {
    await using rig = await cliRig([{ calls: [call('read', { path: 'other.png' })] }, { text: 'I see.' }])
    writeFileSync(join(rig.cwd, 'shot 1.png'), PNG)
    writeFileSync(join(rig.cwd, 'other.png'), tinyPng(7, 5))
    const words = ['--model', SEEING[wire], '--base-url', rig.server.baseUrl(wire), '--wire', wire]
    const done = await rig.cairn(['run', 'what is this?', '--image', 'shot 1.png', '--json', ...words], {
      env: KEYS,
    })
    expect(done.err).toBe('')
    const [first, second] = rig.server.requests
    expect(first?.text).toContain(BASE64)
    expect(second?.text).toContain(BASE64)
    expect(second?.text).toContain(tinyPng(7, 5).toString('base64'))
    const said = done.events.find((event) => event.type === 'user.message')
    expect(said?.['attachments']).toMatchObject([
      { mime: 'image/png', name: 'shot 1.png', bytes: PNG.length },
    ])
    const shown = await rig.cairn(['log', 'verify', String(done.last?.['session'] ?? '')])
    expect(shown.code, shown.err).toBe(0)
  },
)

test('an image named in the task goes with it; a model without eyes gets the name, and is not sent one by an option', async () => {
  await using rig = await cliRig([{ text: 'Well.' }])
  writeFileSync(join(rig.cwd, 'a.png'), PNG)
  const has = (request: ScriptedRequest | undefined) =>
    request !== undefined && JSON.stringify(request).includes(BASE64)
  await rig.cairn(
    [
      'run',
      'look at @a.png',
      '--model',
      SEEING.chat,
      '--wire',
      'chat',
      '--base-url',
      rig.server.baseUrl('chat'),
    ],
    { env: KEYS },
  )
  expect(has(rig.server.requests[0])).toBe(true)
  await rig.cairn(['run', 'look at @a.png', ...rig.model()])
  expect(has(rig.server.requests[1])).toBe(false)
  const refused = await rig.cairn(['run', 'look', '--image', 'a.png', ...rig.model()])
  expect(refused.code).not.toBe(0)
  expect(refused.err).toContain('openai-compatible/scripted takes no images')
  const missing = await rig.cairn(['run', 'look', '--image', 'b.png', ...rig.model()])
  expect([missing.code, missing.err]).toEqual([2, expect.stringContaining('there is no image b.png')])
  expect(rig.server.requests).toHaveLength(2)
})
