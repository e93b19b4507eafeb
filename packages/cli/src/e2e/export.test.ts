import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { call, cliRig, exec } from './testing/cli-rig.ts'

const TOKEN = `ghp_${'Ab3dE6gH9jK2mN5pQ8sT'.repeat(2).slice(0, 36)}`
const EVIL = '</pre><script>alert(1)</script><img src=x onerror=alert(1)>\u202E'

test('a session is exported as a page without scripts, as Markdown, as a trajectory and whole', async () => {
  await using rig = await cliRig(
    [
      { calls: [call('edit', { path: 'a.ts', old: 'const port = 80', new: 'const port = 8080' })] },
      {
        text: EVIL,
        calls: [exec(`printf '%s\\n' '${EVIL.slice(0, -1)}'; echo '\`\`\`'; exit 3`), call('read', '{bad')],
      },
      { text: `done with ${TOKEN}` },
    ],
    { 'a.ts': 'const port = 80\n' },
  )
  const { events } = await rig.run(`change <b>it</b> ${EVIL}`)
  const id = String(events[0]?.['session'])
  const exported = async (file: string) => {
    const { code, err } = await rig.cairn(['export', id, '--out', file])
    expect([code, err]).toEqual([0, `exported ${id} to ${file}\n`])
    return readFileSync(join(rig.cwd, file), 'utf8')
  }
  const html = await exported('s.html')
  expect(html).toContain("default-src 'none'")
  for (const bad of ['<script', '<img', '\u202E', TOKEN, '<b>it']) expect(html).not.toContain(bad)
  expect(html).toContain('<span class="add">+ const port = 8080</span>')
  expect(html).toContain('&#60;script&#62;')

  const markdown = await exported('s.md')
  expect(markdown).toContain('+const port = 8080')
  expect(markdown).toContain('> change <b>it</b>')
  expect(markdown).toContain('````')
  expect(markdown).not.toContain(TOKEN)

  const atif = JSON.parse(await exported('s.atif.json')) as {
    schema_version: string
    steps: {
      step_id: number
      source: string
      tool_calls?: { tool_call_id: string; arguments: object; extra?: object }[]
      observation?: { results: { source_call_id: string }[] }
    }[]
    final_metrics: { total_steps: number }
  }
  expect(atif.schema_version).toBe('ATIF-v1.7')
  expect(atif.steps.map((step) => step.step_id)).toEqual(atif.steps.map((_, index) => index + 1))
  for (const step of atif.steps)
    expect((step.observation?.results ?? []).map((result) => result.source_call_id)).toEqual(
      (step.tool_calls ?? []).map((made) => made.tool_call_id),
    )
  const malformed = atif.steps
    .flatMap((step) => step.tool_calls ?? [])
    .find((made) => made.extra !== undefined)
  expect(malformed).toMatchObject({ arguments: {}, extra: { arguments_text: '{bad' } })
  expect(atif.final_metrics.total_steps).toBe(atif.steps.length)

  await exported('s.jsonl')
  expect((await rig.cairn(['log', 'verify', 's.jsonl'])).out).toContain('the log is whole')
  expect((await rig.cairn(['export', id])).out).toBe(markdown)
  expect((await rig.cairn(['export', id, '--format', 'pdf'])).code).toBe(2)
  expect((await rig.cairn(['export', id, '--out', 'no/such/folder.md'])).code).not.toBe(0)
}, 60_000)
