import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { browse, oauthPeer } from '@cairn/agent/testing/oauth-peer'
import { call, cliRig } from './testing/cli-rig.ts'
import { buildSync } from 'esbuild'

const peer = join(import.meta.dirname, '../../../agent/src/testing/mcp-peer.ts')
const built = buildSync({ entryPoints: [peer], bundle: true, write: false, format: 'esm', platform: 'node' })
const PEER = Buffer.from(built.outputFiles[0]?.contents ?? []).toString('utf8')

test('servers are added, shown without secrets, used, and taken out; the rest of the file stays', async () => {
  await using rig = await cliRig(
    [{ calls: [call('tool_search', { query: 'add' })] }, { text: 'end' }, { text: 'end' }],
    {
      'peer.mjs': PEER,
    },
  )
  spawnSync('git', ['init', '-q'], { cwd: rig.cwd })
  const file = join(rig.home, 'config.toml')
  writeFileSync(file, '# mine\nmax_steps = 7 # few\n')
  const env = { CAIRN_CONFIG: file }
  const mcp = (...words: string[]) => rig.cairn(['mcp', ...words], { env })

  const refused = await mcp('add', 'db', '--env', 'DB_TOKEN=hunter2-hunter2', '--', 'db')
  expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('plain text')])
  expect((await mcp('add', 'db', '--', 'node', 'peer.mjs', '--x')).out).toContain(`db was added to ${file}`)
  expect((await mcp('add', 'web', '--url', 'http://far.example/mcp')).err).toContain(
    'neither https nor on this machine',
  )
  const web = await mcp(
    'add',
    'web',
    '--url',
    'https://far.example/mcp?key=abcdefgh',
    '--header',
    'Authorization: Bearer ${WEB_TOKEN}',
  )
  expect(web.out).toContain('Not set in this environment, and needed by it: WEB_TOKEN')
  expect((await mcp('add', 'db', '--', 'other')).err).toContain('has a server db already')
  expect(readFileSync(file, 'utf8')).toMatch(/^# mine\nmax_steps = 7 # few\n\n\[mcp\.db\]\n/u)

  const shown = await rig.cairn(['mcp', 'get', 'web'], { env: { ...env, WEB_TOKEN: 'tell-nobody-this' } })
  expect(shown.out).toContain('header Authorization = Bearer ${WEB_TOKEN}')
  expect(shown.out + (await mcp('list')).out).not.toMatch(/tell-nobody|abcdefgh/u)
  writeFileSync(file, readFileSync(file, 'utf8').replace('"--x"', '"--api-key", "sk-plain-text-key"'))
  expect((await mcp('get', 'db')).out).not.toContain('sk-plain')

  await rig.run('use it', [], { env })
  const known = await mcp('get', 'db')
  expect(known.out).toContain('add  Adds two numbers.')
  await rig.run('again', [], { env })
  expect(JSON.stringify(rig.server.requests.at(-1)?.body)).toContain('mcp__db__add')

  expect((await mcp('remove', 'db')).out).toContain('was taken out')
  expect((await mcp('remove', 'web')).code).toBe(0)
  expect(readFileSync(file, 'utf8').trim()).toBe('# mine\nmax_steps = 7 # few')
}, 40_000)

test('a server of the project counts where the file did, and not where nobody approved it', async () => {
  await using rig = await cliRig([{ text: 'end' }])
  spawnSync('git', ['init', '-q'], { cwd: rig.cwd })
  const mcp = (...words: string[]) => rig.cairn(['mcp', ...words])
  expect((await mcp('add', 'one', '--scope', 'project', '--', 'a', '-b')).out).toContain('.mcp.json')
  const file = join(rig.cwd, '.mcp.json')
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
    mcpServers: { one: { command: 'a', args: ['-b'] } },
  })
  expect((await mcp('list')).out).toMatch(/^active\s+one\s+\.mcp\.json/u)
  writeFileSync(file, '{\n\t"other": 1,\n\t"mcpServers": {}\n}\n')
  expect((await mcp('add', 'two', '--scope', 'project', '--url', 'http://127.0.0.1:1/mcp')).out).toContain(
    'does not count yet',
  )
  expect(readFileSync(file, 'utf8')).toContain('\t"other": 1,\n')
  expect((await mcp('list')).out).toMatch(/^inactive\s+two/u)
  expect((await mcp('remove', 'two')).code).toBe(0)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ other: 1, mcpServers: {} })
}, 30_000)

test('servers that Codex and Claude Code were given are found, and count once they are approved', async () => {
  await using rig = await cliRig([{ text: 'end' }, { text: 'end' }, { text: 'end' }])
  spawnSync('git', ['init', '-q'], { cwd: rig.cwd })
  mkdirSync(join(rig.home, '.codex'))
  const codex = (extra: string) =>
    `model = "x"\n[mcp_servers.docs]\ncommand = "docs"\nargs = ["--fast"]\nenv_vars = ["UNSET_VARIABLE"]\n${extra}[mcp_servers.docs.env]\nDOCS_KEY = "in-plain-text-1234"\n`
  writeFileSync(join(rig.home, '.codex/config.toml'), codex(''))
  writeFileSync(
    join(rig.home, '.claude.json'),
    JSON.stringify({
      mcpServers: { everywhere: { type: 'http', url: 'https://far.example/mcp' } },
      projects: { [rig.cwd]: { mcpServers: { here: { command: 'here' } } } },
    }),
  )
  mkdirSync(join(rig.cwd, '.codex'))
  writeFileSync(
    join(rig.cwd, '.codex/config.toml'),
    '[mcp_servers.team]\nurl = "https://team.example/mcp"\nbearer_token_env_var = "HOME"\n',
  )
  const mcp = (...words: string[]) => rig.cairn(['mcp', ...words])
  const states = async () =>
    (await mcp('list', '--json')).events.map(
      ({ name, from, state }) => `${String(name)} ${String(from)} ${String(state)}`,
    )
  expect(await states()).toEqual([
    'team .codex/config.toml inactive',
    'docs ~/.codex/config.toml inactive',
    'here ~/.claude.json inactive',
    'everywhere ~/.claude.json inactive',
  ])
  const first = await rig.run('begin')
  expect(JSON.stringify(rig.server.requests[0]?.body)).not.toContain('tool_search')
  // Other agents' files of the home folder are not nagged about; those of the repository are.
  expect(first.err).not.toContain('docs')
  const approved = await mcp('approve', 'docs')
  expect(approved.out).toContain('env DOCS_KEY = (set, not shown)')
  expect(approved.out).toContain('docs of ~/.codex/config.toml is trusted as it is now')
  expect((await mcp('approve', 'team')).err).toContain('cairn trust show .codex/config.toml')
  expect((await rig.cairn(['trust', 'approve', '.codex/config.toml'])).code).toBe(0)
  await mcp('approve', 'here')
  expect((await states()).map((line) => line.split(' ').at(-1))).toEqual([
    'active',
    'active',
    'active',
    'inactive',
  ])
  await rig.run('go on')
  expect(JSON.stringify(rig.server.requests.at(-1)?.body)).toContain('Servers: team, docs, here.')
  // What else Codex writes into its file does not matter; another command does.
  writeFileSync(join(rig.home, '.codex/config.toml'), `personality = "y"\n${codex('')}`)
  expect((await states())[1]).toBe('docs ~/.codex/config.toml active')
  writeFileSync(join(rig.home, '.codex/config.toml'), codex('').replace('--fast', '--exfiltrate'))
  expect((await states())[1]).toBe('docs ~/.codex/config.toml inactive')
}, 40_000)

test('a login in the browser, without which the server says what to do, and a logout', async () => {
  await using peer = await oauthPeer()
  await using rig = await cliRig([
    { calls: [call('tool_search', { query: 'echo' })] },
    { text: 'end' },
    { calls: [call('mcp__web__echo', { a: 1 })] },
    { text: 'end' },
  ])
  spawnSync('git', ['init', '-q'], { cwd: rig.cwd })
  const file = join(rig.home, 'config.toml')
  const env = { CAIRN_CONFIG: file }
  const mcp = (...words: string[]) => rig.cairn(['mcp', ...words], { env })
  writeFileSync(file, '')
  expect((await mcp('add', 'web', '--url', peer.url)).code).toBe(0)
  expect((await mcp('logout', 'web')).out).toContain('You were not logged in')

  const running = rig.start(['mcp', 'login', 'web', '--no-browser'], { env })
  await running.until((each) => /\n\n {2}http\S+\n/u.test(each.err()))
  const address = new URL(/\n\n {2}(http\S+)\n/u.exec(running.err())?.[1] ?? '')
  expect(await browse(address)).toBe(200)
  expect(await running.result).toMatchObject({
    code: 0,
    out: expect.stringContaining('You are logged in at web'),
  })

  const first = await rig.run('go', [], { env })
  expect(first.out).toContain('mcp__web__echo')
  await rig.run('call it', [], { env })
  expect(JSON.stringify(rig.server.requests.at(-1)?.body)).toContain('{\\"a\\":1}')
  expect((await mcp('logout', 'web')).out).toContain('You are logged out')

  peer.wrong.iss = 'https://evil.example'
  const refused = rig.start(['mcp', 'login', 'web', '--no-browser'], { env })
  await refused.until((each) => /\n\n {2}http\S+\n/u.test(each.err()))
  await browse(new URL(/\n\n {2}(http\S+)\n/u.exec(refused.err())?.[1] ?? ''))
  const { code, err } = await refused.result
  expect(code).not.toBe(0)
  expect(err).toContain('the login at web failed')
  expect((await mcp('logout', 'web')).out).toContain('You were not logged in')
}, 40_000)
