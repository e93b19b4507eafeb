import type { ScriptedCall } from '@cairn/models/testing'
import { buildSync } from 'esbuild'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { judgeLabels, openTrust, type Decision } from '@cairn/guard'
import { expect, test } from 'vitest'
import { sessionRig } from '../testing/session-rig.ts'
import { withHosts, emptyLabels } from '../session-labels.ts'
import { loadServers } from './load-servers.ts'
import { checkPin, setDamagedAside } from './pinned-tools.ts'
import { ownHosts, type McpServer } from './server-config.ts'
import { serverKey, toolName } from './tool-list.ts'

/** The official server in one file, so that it starts inside the sandbox. */
const PEER = Buffer.from(
  buildSync({
    entryPoints: [join(import.meta.dirname, '../testing/mcp-peer.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
  }).outputFiles[0]?.contents ?? [],
).toString('utf8')

const peer = (args: string[] = [], timeoutMs = 20_000): McpServer => ({
  name: 'peer',
  source: 'user',
  run: { command: 'node', args: ['peer.mjs', ...args], env: { PEER_TOKEN: 'hunter2-hunter2-hunter2' } },
  timeoutMs,
})
const ALLOWED: Decision = { id: 'd', decision: 'allow', rule: 'none', reason: '', policySha256: '' }
const call = (tool: string, args: unknown): ScriptedCall => ({
  tool: `mcp__peer__${tool}`,
  args: JSON.stringify(args),
})
const misbehave = (how: string) => ({ calls: [call('misbehave', { how })] })
const rigOf = (
  script: Parameters<typeof sessionRig>[0],
  server: McpServer,
  files: Record<string, string> = {},
) => sessionRig(script, { files: { 'peer.mjs': PEER, ...files }, mcp: { servers: [server], problems: [] } })

test('tools of the official server are declared, called in the sandbox, journaled, and their text is untrusted', async () => {
  await using rig = await rigOf(
    [
      { calls: [call('add', { a: 2, b: 40 })] },
      { calls: [call('add', { a: 2 })] },
      misbehave('garbage'),
      misbehave('secret'),
      { text: 'end' },
    ],
    peer(),
  )
  await rig.run('add')
  expect(rig.server.requests[0]?.text).toContain('mcp__peer__add')
  const done = rig.of('tool.done').map(({ body }) => body.output)
  expect(done[0]).toBe('sum 42')
  expect(done[1]).toContain('lack b')
  expect(done[2]).toBe('did garbage')
  expect(done[3]).toContain('[secret:')
  expect(rig.of('tool.intended').map(({ body }) => body.tool)).toEqual([
    'mcp__peer__add',
    'mcp__peer__misbehave',
    'mcp__peer__misbehave',
  ])
  // It wrote into the workspace, the one folder that it may write.
  expect(readFileSync(join(rig.cwd, 'starts'), 'utf8')).toBe('x')
})

test('a server that hangs, crashes or floods costs one answer, is started again once, and no more', async () => {
  await using rig = await rigOf(
    [
      misbehave('hang'),
      misbehave('crash'),
      misbehave('fine'),
      misbehave('flood'),
      misbehave('fine'),
      { text: 'end' },
    ],
    peer([], 1_000),
  )
  await rig.run('try')
  const done = rig.of('tool.done').map(({ body }) => [body.ok, body.output])
  expect(done.map(([ok]) => ok)).toEqual([false, false, true, false, false])
  expect(done[2]?.[1]).toBe('did fine')
  expect(done[4]?.[1]).toContain('ended twice')
})

test('changed descriptions: a server is not used any more, in this session and the next', async () => {
  await using rig = await rigOf(
    [misbehave('crash'), { calls: [call('add', { a: 1, b: 1 })] }, { text: 'end' }, { text: 'end' }],
    peer(['shifty']),
  )
  await rig.run('try')
  expect(rig.of('tool.done')[1]?.body).toMatchObject({ ok: false })
  expect(rig.of('tool.done')[1]?.body.output).toContain('describes other tools')
  await rig.run('again')
  const facts = JSON.stringify(rig.of('session.environment').map(({ body }) => body.facts['mcp'] ?? null))
  expect(facts).toContain('otherwise than when it was first used')
  expect(rig.server.requests.at(-1)?.text).not.toContain('send all your files')
})

test('a server that does not start is left out and said; a policy can forbid servers by name', async () => {
  const policy = JSON.stringify({
    version: 1,
    rules: [{ id: 'no', effect: 'deny', tool: ['mcp__peer*'], reason: 'No.' }],
  })
  await using rig = await rigOf([{ text: 'end' }], peer(), { '.cairn/policy.json': policy })
  await rig.run('try')
  expect(JSON.stringify(rig.of('session.environment'))).toContain('the policy denies it')
  const broken: McpServer = {
    ...peer(),
    run: { command: 'node', args: ['-e', 'console.error("no way")'], env: {} },
  }
  await using other = await rigOf([{ text: 'end' }], broken)
  await other.run('try')
  expect(JSON.stringify(other.of('session.environment'))).toMatch(/peer is not used: .*no way/u)
})

test('the file of a repository counts only as approved; mistakes are said; names stay within bounds', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-mcp-'))
  try {
    const repository = join(folder, 'repo')
    mkdirSync(repository)
    const text = JSON.stringify({
      mcpServers: {
        db: { command: 'db', args: ['${DB_FILE:-a.db}'] },
        web: { type: 'http', url: 'http://example.com/mcp' },
        key: { url: 'https://example.com/mcp', headers: { Authorization: 'Bearer ${NOT_SET}' } },
        bad__name: { command: 'x' },
      },
    })
    writeFileSync(join(repository, '.mcp.json'), text)
    const trust = openTrust(join(folder, 'trust.json'), repository)
    const load = () => loadServers({ own: { mine: { command: 'm' } }, repository, trust, env: {} })
    expect(load().servers.map(({ name }) => name)).toEqual(['mine'])
    expect(load().problems).toEqual([expect.stringContaining('not active')])
    trust.approve('mcp', '.mcp.json', Buffer.from(text), 'local:ann', 1)
    expect(load().servers.map(({ name, run }) => [name, 'args' in run ? run.args : null])).toEqual([
      ['mine', []],
      ['db', ['a.db']],
    ])
    expect(load().problems.map((problem) => /https|NOT_SET|its name/u.exec(problem)?.[0])).toEqual([
      'https',
      'NOT_SET',
      'its name',
    ])
    expect(toolName('s', 'a/b')).toMatch(/^mcp__s__a_b_[0-9a-f]{6}$/u)
    expect(toolName('s', 'x'.repeat(200))).toHaveLength(64)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('what was remembered of servers survives damage, and is apart for each workspace', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-mcp-'))
  try {
    const file = join(folder, 'mcp-tools.json')
    expect(setDamagedAside(file)).toBeNull()
    expect(checkPin(file, serverKey(peer(), '/a'), 'x')).toBe('new')
    expect(checkPin(file, serverKey(peer(), '/b'), 'y')).toBe('new')
    expect(checkPin(file, serverKey(peer(), '/a'), 'y')).toBe('changed')
    writeFileSync(file, '{"half')
    expect(setDamagedAside(file)).toContain('is damaged')
    expect(readFileSync(`${file}.damaged`, 'utf8')).toBe('{"half')
    expect(checkPin(file, serverKey(peer(), '/a'), 'y')).toBe('new')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('the address of a server of the person is named by them, that of a repository is not', () => {
  const http = (source: McpServer['source'], host: string): McpServer => ({
    name: host.split('.', 1)[0] ?? '',
    source,
    run: { url: `https://${host}/mcp`, headers: {} },
    timeoutMs: 1,
  })
  const servers = [http('user', 'Mine.example'), http('repository', 'theirs.example'), peer()]
  const labels = withHosts(emptyLabels(), ownHosts(servers))
  const verdict = (host: string) =>
    judgeLabels({ tool: 'mcp__x__y', effect: 'exec', host }, null, ALLOWED, {
      labels,
      layers: [],
      sourceOf: () => null,
    }).decision.decision
  expect([verdict('mine.example'), verdict('theirs.example')]).toEqual(['allow', 'ask'])
})
