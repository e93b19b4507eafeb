import { buildSync } from 'esbuild'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { call } from '../e2e/testing/cli-rig.ts'
import { KEY, tuiRig } from './testing/tui-rig.ts'

const peer = resolve(import.meta.dirname, '../../../agent/src/testing/mcp-peer.ts')
const built = buildSync({ entryPoints: [peer], bundle: true, write: false, format: 'esm', platform: 'node' })

test('the terminal UI uses the servers of a person, and says which of a repository are not active', async () => {
  await using rig = await tuiRig(
    [
      { calls: [call('tool_search', { query: 'add' })] },
      { calls: [call('mcp_call', { tool: 'mcp__peer__add', arguments: { a: 2, b: 40 } })] },
      { text: 'It is 42.' },
    ],
    {
      files: {
        'peer.mjs': Buffer.from(built.outputFiles[0]?.contents ?? []).toString('utf8'),
        '.mcp.json': JSON.stringify({ mcpServers: { theirs: { command: 'node', args: ['theirs.mjs'] } } }),
        'config.toml': '[mcp.peer]\ncommand = "node"\nargs = ["peer.mjs"]\n',
      },
      env: { CAIRN_CONFIG: 'config.toml' },
    },
  )
  await rig.until('Ask for a change')
  await rig.send('add them')
  await rig.until('It is 42.')
  expect(rig.everything()).toContain('.mcp.json are not active')
  const bodies = rig.cli.server.requests.map(({ body }) => JSON.stringify(body))
  expect(bodies[0]).toContain('Servers: peer.')
  expect(bodies[1]).toContain('mcp__peer__add')
  expect(bodies[2]).toContain('sum 42')
  rig.type(KEY.ctrlD)
  expect(await rig.exit).toBe(0)
})
