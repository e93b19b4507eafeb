import { buildSync } from 'esbuild'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { call, cliRig, exec, type CliRig } from './testing/cli-rig.ts'

const peer = resolve(import.meta.dirname, '../../../agent/src/testing/mcp-peer.ts')
const built = buildSync({ entryPoints: [peer], bundle: true, write: false, format: 'esm', platform: 'node' })
const printf = (value: object) => `printf '%s' '${JSON.stringify(value)}'`
const HOOK = printf({
  hookSpecificOutput: { hookEventName: 'PreToolUse', additionalContext: 'the hook has seen it' },
})

/** A repository as somebody who uses Claude Code leaves it. */
const FILES = {
  'CLAUDE.md': 'Use tabs in every file.\n@docs/rules.md\n',
  'docs/rules.md': 'Imported: never touch the vendor folder.\n',
  'app/AGENTS.md': 'Nearest: answer in one sentence.\n',
  'app/peer.mjs': Buffer.from(built.outputFiles[0]?.contents ?? []).toString('utf8'),
  '.claude/skills/deploy/SKILL.md':
    '---\nname: deploy\ndescription: how we deploy\n---\nDeploy by the blue way.\n',
  '.claude/commands/greet.md': '---\ndescription: greets\n---\nGreet $ARGUMENTS with care.\n',
  '.claude/agents/reviewer.md':
    '---\nname: reviewer\ndescription: reviews our changes\ntools: Read\n---\nReview with great care.\n',
  '.claude/settings.json': JSON.stringify({
    hooks: { PreToolUse: [{ matcher: 'Bash', hooks: [{ type: 'command', command: HOOK }] }] },
  }),
  '.mcp.json': JSON.stringify({ mcpServers: { peer: { command: 'node', args: ['peer.mjs'] } } }),
}
const SHIPPED = [
  '.claude/skills/deploy',
  '.claude/commands/greet.md',
  '.claude/agents/reviewer.md',
  '.claude/settings.json',
  '.mcp.json',
]

const bodies = (rig: CliRig) => rig.server.requests.map(({ body }) => JSON.stringify(body))

test('a repository prepared for Claude Code: nothing of it runs before trust, all of it counts afterwards', async () => {
  await using rig = await cliRig(
    [
      { calls: [exec('echo first')] },
      { text: 'end of the first' },
      { calls: [call('skill', { name: 'deploy' })] },
      { calls: [call('tool_search', { query: 'add' })] },
      { calls: [call('mcp__peer__add', { a: 2, b: 40 })] },
      { calls: [exec('echo second')] },
      { calls: [call('task', { agent: 'reviewer', description: 'review', task: 'Look at it.' })] },
      { text: 'reviewed' },
      { text: 'end of the second' },
    ],
    FILES,
  )
  spawnSync('git', ['init', '-q'], { cwd: rig.cwd })
  const cwd = join(rig.cwd, 'app')

  const before = await rig.run('begin', [], { cwd })
  expect([before.code, before.last?.status]).toEqual([0, 'answered'])
  const unarmed = bodies(rig).join('\n')
  for (const rule of ['Use tabs in every file.', 'never touch the vendor folder', 'answer in one sentence'])
    expect(unarmed).toContain(rule)
  for (const armed of ['mcp__peer', 'how we deploy', 'reviews our changes', 'the hook has seen it'])
    expect(unarmed).not.toContain(armed)
  expect(existsSync(join(cwd, 'starts'))).toBe(false)
  expect((await rig.cairn(['mcp', 'list'], { cwd })).out).toMatch(
    /^inactive\s+peer\s+\.mcp\.json\s+node .*not used/u,
  )
  const unknown = await rig.run('/greet World', [], { cwd })
  expect(unknown.code).not.toBe(0)
  expect(unknown.err).toContain('greet')
  const asked = rig.server.requests.length

  for (const path of SHIPPED)
    expect((await rig.cairn(['trust', 'approve', path], { cwd })).out).toContain('is trusted as it is now')
  const after = await rig.run('/greet World', [], { cwd })
  expect([after.code, after.last?.status, after.err]).toEqual([0, 'answered', ''])
  const requests = bodies(rig).slice(asked)
  expect(requests[0]).toContain('Greet World with care.')
  for (const armed of [
    'Servers: peer.',
    'how we deploy',
    'reviews our changes',
    'never touch the vendor folder',
  ])
    expect(requests[0]).toContain(armed)
  expect(requests[1]).toContain('Deploy by the blue way.')
  expect(requests[2]).toContain('mcp__peer__add')
  expect(requests[3]).toContain('sum 42')
  expect(requests[4]).toContain('the hook has seen it')
  expect(requests[5]).toContain('Review with great care.')
  expect(requests[5]).not.toContain('mcp__peer__add')
  expect(requests[5]).not.toContain('mcp_call')
  expect((await rig.cairn(['mcp', 'list'], { cwd })).out).toMatch(
    /^active\s+peer\s+\.mcp\.json\s+node .*remembered/u,
  )
}, 60_000)
