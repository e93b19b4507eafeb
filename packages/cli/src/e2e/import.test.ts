import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { call, cliRig, exec, type CliRig } from './testing/cli-rig.ts'

const LOOK = { text: 'I look.', calls: [exec('seq 1 4000; echo end'), call('read', '{bad')] }
const NOTE = { calls: [call('note', { type: 'decision', text: 'the port must stay 8080', key: 'port' })] }
const SAY = { text: 'It is 8080.' }

async function exportedFrom(rig: CliRig, name: string): Promise<string> {
  const path = join(rig.folder, name)
  expect((await rig.cairn(['export', '--out', path])).code).toBe(0)
  return path
}
const lines = (path: string) => readFileSync(path, 'utf8').trimEnd().split('\n')
interface Atif {
  steps: { step_id: number; extra: object; [field: string]: unknown }[]
}
const stepsOf = (path: string) =>
  (JSON.parse(readFileSync(path, 'utf8')) as Atif).steps.map(
    ({ step_id: _id, extra: _extra, ...step }) => step,
  )

test('an export that this machine has signed comes back as it was, and goes on', async () => {
  await using rig = await cliRig([LOOK, NOTE, SAY, { text: 'And still.' }])
  const ran = await rig.run('which port? never use port 9090')
  const id = String(ran.last?.['session'])
  const before = await exportedFrom(rig, 'a.jsonl')
  // It is here already: a copy gets a name of its own.
  const copy = await rig.cairn(['import', before, '--json'])
  expect(JSON.parse(copy.out)).toMatchObject({ imported: { trusted: true, session: id } })
  expect(String((JSON.parse(copy.out) as { id: string }).id)).not.toBe(id)
  rmSync(rig.dataDir + '/sessions', { recursive: true })
  rmSync(join(rig.dataDir, 'sessions.db'))
  const imported = await rig.cairn(['import', before])
  expect([imported.code, imported.out]).toEqual([0, `${id}\n`])
  const after = await exportedFrom(rig, 'b.jsonl')
  const events = (path: string) => lines(path).filter((line) => line.startsWith('{"seq"'))
  const blobs = (path: string) =>
    lines(path)
      .filter((line) => line.startsWith('{"blob"'))
      .toSorted()
  expect(events(after).slice(0, -1)).toEqual(events(before))
  expect(events(after).at(-1)).toContain('"kind":"session.imported"')
  expect(blobs(after)).toEqual(blobs(before))
  expect((await rig.cairn(['log', 'verify'])).code).toBe(0)
  const more = await rig.cairn(['resume', '--last', '--json', ...rig.model(), 'and now?'])
  expect([more.code, more.last?.['session'], more.last?.['summary']]).toEqual([0, id, 'And still.'])
  // What the person had said still binds.
  expect((await rig.cairn(['context', 'show'])).out).toContain('user constraint: never use port 9090')
}, 60_000)

test('an export of another machine is text that binds nobody; a changed one is refused', async () => {
  await using theirs = await cliRig([LOOK, NOTE, SAY])
  await theirs.run('which port? never use port 9090')
  const path = await exportedFrom(theirs, 'a.jsonl')
  await using rig = await cliRig([{ text: 'And still.' }])
  const imported = await rig.cairn(['import', path, '--json'])
  const { id, imported: facts } = JSON.parse(imported.out) as { id: string; imported: { trusted: boolean } }
  expect(facts).toMatchObject({ source: 'cairn', trusted: false, messages: 1, answers: 3, results: 3 })
  const shown = await rig.cairn(['show', id, '--json'])
  expect(shown.events.find(({ type }) => type === 'user.message')).toMatchObject({ by: 'agent' })
  expect(shown.events.some(({ type }) => /^(?:check|gate|approval|guard)/u.test(type))).toBe(false)
  const more = await rig.cairn(['resume', id, '--json', ...rig.model(), 'and now?'])
  expect([more.code, more.last?.['summary']]).toEqual([0, 'And still.'])
  expect(rig.server.requests[0]?.text).toContain('never use port 9090')
  expect((await rig.cairn(['trace', id])).out).not.toContain('user constraint')
  // One changed byte, and a cut.
  const text = readFileSync(path, 'utf8')
  for (const bad of [text.replace('9090', '9091'), text.slice(0, text.length / 2)]) {
    writeFileSync(join(rig.folder, 'bad.jsonl'), bad)
    const refused = await rig.cairn(['import', join(rig.folder, 'bad.jsonl')])
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('is not as it was exported')])
  }
  expect((await rig.cairn(['import', join(rig.folder, 'bad.jsonl'), '--as-text'])).code).toBe(0)
}, 60_000)

test('a trajectory comes back as the same trajectory', async () => {
  await using rig = await cliRig([LOOK, NOTE, SAY])
  await rig.run('which port?')
  const before = await exportedFrom(rig, 'a.atif.json')
  const imported = await rig.cairn(['import', before])
  expect(imported.err).toContain('binds')
  const after = join(rig.folder, 'b.atif.json')
  await rig.cairn(['export', imported.out.trim(), '--out', after])
  expect(stepsOf(after)).toEqual(stepsOf(before))
  expect((await rig.cairn(['log', 'verify', imported.out.trim()])).code).toBe(0)
}, 60_000)

const CLAUDE = [
  { type: 'summary', summary: 'Port work', leafUuid: 'x' },
  {
    type: 'user',
    uuid: '1',
    sessionId: 's-1',
    timestamp: '2026-01-02T03:04:05.000Z',
    message: { role: 'user', content: 'set the port, token ghp_Ab3dE6gH9jK2mN5pQ8sTAb3dE6gH9jK2mN5p' },
  },
  {
    type: 'user',
    uuid: '2',
    sessionId: 's-1',
    isMeta: true,
    message: { role: 'user', content: '<command-name>/x</command-name>' },
  },
  {
    type: 'assistant',
    uuid: '3',
    sessionId: 's-1',
    message: {
      id: 'm1',
      model: 'claude-x',
      role: 'assistant',
      content: [{ type: 'thinking', thinking: 'hm', signature: 'x' }],
      usage: { input_tokens: 3, cache_read_input_tokens: 4, output_tokens: 5 },
    },
  },
  {
    type: 'assistant',
    uuid: '4',
    sessionId: 's-1',
    message: {
      id: 'm1',
      model: 'claude-x',
      role: 'assistant',
      content: [{ type: 'text', text: 'I read it.' }],
    },
  },
  {
    type: 'assistant',
    uuid: '5',
    sessionId: 's-1',
    message: {
      id: 'm1',
      model: 'claude-x',
      role: 'assistant',
      content: [
        { type: 'tool_use', id: 'toolu:1', name: 'Read', input: { file_path: 'a' } },
        { type: 'tool_use', id: 'toolu:2', name: 'Bash', input: { command: 'npm test' } },
      ],
    },
  },
  {
    type: 'user',
    uuid: '6',
    sessionId: 's-1',
    message: {
      role: 'user',
      content: [
        {
          type: 'tool_result',
          tool_use_id: 'toolu:1',
          content: [{ type: 'text', text: 'port = 80' }, { type: 'image' }],
        },
        { type: 'tool_result', tool_use_id: 'toolu:2', content: 'boom', is_error: true },
      ],
    },
  },
  {
    type: 'assistant',
    uuid: '7',
    sessionId: 's-1',
    isSidechain: true,
    message: { id: 'm9', role: 'assistant', content: [{ type: 'text', text: 'aside' }] },
  },
  {
    type: 'assistant',
    uuid: '8',
    sessionId: 's-1',
    message: {
      id: 'm2',
      role: 'assistant',
      content: [{ type: 'tool_use', id: 'toolu:3', name: 'Edit', input: {} }],
    },
  },
  {
    type: 'user',
    uuid: '9',
    sessionId: 's-1',
    isCompactSummary: true,
    message: { role: 'user', content: 'This session is being continued from …' },
  },
]
const CODEX = [
  { timestamp: '2026-01-02T03:04:05.000Z', type: 'session_meta', payload: { id: 'c-1', cwd: '/x' } },
  { timestamp: '2026-01-02T03:04:05.000Z', type: 'turn_context', payload: { model: 'gpt-x' } },
  {
    type: 'response_item',
    payload: {
      type: 'message',
      role: 'user',
      content: [{ type: 'input_text', text: '<environment_context>…' }],
    },
  },
  { type: 'event_msg', payload: { type: 'user_message', message: 'set the port' } },
  {
    type: 'response_item',
    payload: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'set the port' }] },
  },
  {
    type: 'response_item',
    payload: { type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }], encrypted_content: 'x' },
  },
  {
    type: 'response_item',
    payload: {
      type: 'function_call',
      name: 'shell',
      arguments: '{"command":["cat","a"]}',
      call_id: 'call_1',
    },
  },
  {
    type: 'response_item',
    payload: {
      type: 'function_call_output',
      call_id: 'call_1',
      output: '{"output":"port = 80","metadata":{"exit_code":1}}',
    },
  },
  {
    type: 'response_item',
    payload: { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'It is set.' }] },
  },
  { type: 'response_item', payload: { type: 'web_search_call', action: {} } },
  {
    type: 'response_item',
    payload: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'no, not that' }] },
  },
  {
    type: 'response_item',
    payload: { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'taken back' }] },
  },
  { type: 'event_msg', payload: { type: 'thread_rolled_back', num_turns: 1 } },
]

test('transcripts of Claude Code and Codex become sessions that go on', async () => {
  await using rig = await cliRig([{ text: 'done here' }, { text: 'done there' }])
  const written = (name: string, values: readonly object[]) => {
    const path = join(rig.folder, name)
    // The last line was cut off when the program was killed.
    writeFileSync(path, `${values.map((value) => JSON.stringify(value)).join('\n')}\n{"type":"assi`)
    return path
  }
  const claude = await rig.cairn(['import', written('claude.jsonl', CLAUDE), '--json'])
  const one = JSON.parse(claude.out) as { id: string; imported: object }
  expect(one.imported).toMatchObject({
    source: 'claude-code',
    session: 's-1',
    messages: 1,
    answers: 2,
    results: 2,
    leftOut: 4,
  })
  const events = (await rig.cairn(['show', one.id, '--json'])).events
  expect(events.find(({ type }) => type === 'session.started')).toMatchObject({ title: 'Port work' })
  const answered = events.find(({ type }) => type === 'model.answered')
  expect(answered).toMatchObject({ model: 'claude-x', usage: { input: 7, cachedInput: 4, output: 5 } })
  expect((answered?.['parts'] as { type: string }[] | undefined)?.map(({ type }) => type)).toEqual([
    'reasoning',
    'text',
    'call',
    'call',
  ])
  const done = events.filter(({ type }) => type === 'tool.done')
  expect(done.map(({ tool, ok, output }) => [tool, ok, output])).toEqual([
    ['Read', true, 'port = 80'],
    ['Bash', false, 'boom'],
    ['Edit', false, 'No result in the imported file.'],
  ])
  const codex = await rig.cairn(['import', written('codex.jsonl', CODEX), '--json'])
  const two = JSON.parse(codex.out) as { id: string; imported: object }
  expect(two.imported).toMatchObject({
    source: 'codex',
    session: 'c-1',
    messages: 1,
    answers: 2,
    results: 1,
    leftOut: 2,
  })
  for (const [at, { id }] of [one, two].entries()) {
    const more = await rig.cairn(['resume', id, '--json', ...rig.model(), 'go on'])
    expect([more.code, more.last?.status]).toEqual([0, 'answered'])
    expect(rig.server.requests[at]?.text).toContain('port = 80')
  }
  expect(
    (await rig.cairn(['show', two.id, '--json'])).events.find(({ type }) => type === 'tool.done'),
  ).toMatchObject({ exit: 1, ok: false })
}, 60_000)

test('what is no session is told', async () => {
  await using rig = await cliRig([{ text: 'never' }], {
    'a.json': '{"schema_version":"ATIF-v1.7","steps":[]}',
    'b.jsonl': '{"a":1}\n',
    'c.txt': 'hello',
  })
  for (const [file, text] of [
    ['a.json', 'nothing was said'],
    ['b.jsonl', 'is no session that cairn can read'],
    ['c.txt', 'is no session that cairn can read'],
    ['none', 'there is no file'],
    ['.', 'is no file'],
  ] as const) {
    const { code, err } = await rig.cairn(['import', file])
    expect([file, code, err]).toEqual([file, 2, expect.stringContaining(text)])
  }
  expect((await rig.cairn(['sessions', '--all'])).out).toContain('There are no sessions yet')
}, 60_000)
