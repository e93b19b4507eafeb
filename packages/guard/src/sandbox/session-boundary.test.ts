import { spawn, spawnSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  openSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createEgress } from '../egress/create-egress.ts'
import type { EgressEvent } from '../egress/egress-event.ts'
import { parsePolicy } from '../policy/parse-policy.ts'
import { groupPlaces } from './control-group.ts'
import { createSandbox } from './create-sandbox.ts'
import type { SandboxOptions } from './create-sandbox.ts'
import { findTool } from './find-tool.ts'
import { clearLeftStubs } from './mount-stubs.ts'
import { runLaunch } from './run-launch.ts'
import type { Sandbox } from './sandbox.ts'

const find = findTool([])
const backends = [
  { name: 'util-linux', find: (tool: string) => (tool === 'bwrap' ? null : find(tool)) },
  ...(find('bwrap') === null ? [] : [{ name: 'bubblewrap', find }]),
]

let root: string
let workspace: string
const closing: (() => Promise<void> | void)[] = []
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'session-')))
  workspace = join(root, 'home/project')
  mkdirSync(workspace, { recursive: true })
})
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
  rmSync(root, { recursive: true, force: true })
})

const create = async (options: Partial<SandboxOptions>): Promise<Sandbox> => {
  const sandbox = createSandbox({
    workspace,
    home: join(root, 'home'),
    env: { PATH: process.env['PATH'] },
    dataDir: join(root, 'data'),
    ...options,
  })
  closing.push(() => sandbox.close())
  await sandbox.probe()
  return sandbox
}

const sh = async (sandbox: Sandbox, command: string, overlay?: string) =>
  (
    await runLaunch(
      sandbox.launch({
        argv: ['/bin/bash', '-c', command],
        cwd: workspace,
        ...(overlay === undefined ? {} : { overlay }),
      }),
      20_000,
    )
  ).output

/** A web server of the host on its loopback interface. */
const web = async (answer: (url: string) => string | Buffer) => {
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`)
    response.end(answer(request.url ?? ''))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => void server.close())
  return { port: (server.address() as AddressInfo).port, seen }
}

const egressTo = (host: string) => {
  const events: EgressEvent[] = []
  const rules = [{ id: 'named', effect: 'allow', host: [host], reason: 'the registry of the test' }]
  const egress = createEgress({
    layers: [parsePolicy(JSON.stringify({ version: 1, rules }), 'user', 'policy.json')],
    secrets: [],
    now: () => Date.now(),
    onEvent: (event) => events.push(event),
  })
  return { egress, events }
}

const serve = (port: number, text: string) =>
  `exec "$NODE" -e 'require("node:http").createServer((q, s) => s.end("${text}")).listen(${port}, "127.0.0.1", () => console.log("up"))'`
const get = (url: string) =>
  `"$NODE" -e 'fetch("${url}").then(async (r) => console.log(r.status, await r.text()), (e) => console.log("failed", e.cause?.code))'`

describe.each(backends)('$name', ({ find }) => {
  const start = (sandbox: Sandbox, command: string, overlay?: string) => {
    const launch = sandbox.launch({
      argv: ['/bin/bash', '-c', command],
      cwd: workspace,
      env: { NODE: process.execPath },
      ...(overlay === undefined ? {} : { overlay }),
    })
    const fds = launch.fds.map(({ path }) => openSync(path, 'r'))
    const child = spawn(launch.file, launch.args, {
      cwd: '/',
      env: launch.env,
      stdio: ['ignore', 'pipe', 'inherit', ...fds],
    })
    for (const fd of fds) closeSync(fd)
    closing.push(() => void child.kill('SIGKILL'))
    return new Promise<void>((resolve) => child.stdout?.once('data', () => resolve()))
  }
  const fetched = (sandbox: Sandbox, url: string, overlay?: string) =>
    sh(sandbox, `export NODE=${process.execPath}; ${get(url)}`, overlay)

  test('a later command reaches the server of an earlier one; the host and copies do not share the network', async () => {
    const sandbox = await create({ find })
    const host = await web(() => 'host')
    await start(sandbox, serve(3210, 'inside'))
    expect(await fetched(sandbox, 'http://127.0.0.1:3210/')).toBe('200 inside\n')
    expect(await fetched(sandbox, `http://127.0.0.1:${host.port}/`)).toBe('failed ECONNREFUSED\n')
    const copy = join(root, 'data/copy')
    mkdirSync(copy)
    expect(await fetched(sandbox, 'http://127.0.0.1:3210/', copy)).toBe('failed ECONNREFUSED\n')
    expect(await sh(sandbox, 'env | grep -ic proxy')).toBe('0\n')
    expect(host.seen).toEqual([])
  })

  test('a host that the policy names is reached through the proxy, others are not', async () => {
    const named = await web((url) => `served ${url}`)
    const other = await web(() => 'other')
    const { egress, events } = egressTo(`127.0.0.1:${named.port}`)
    const sandbox = await create({ find, egress })
    const report = await sandbox.probe()
    expect(report.checks.find(({ name }) => name === 'egress')?.held).toBe(true)
    expect(report.facts.find(({ name }) => name === 'egress')?.detail).toContain(`127.0.0.1:${named.port}`)
    expect(await fetched(sandbox, `http://127.0.0.1:${named.port}/a`)).toBe('200 served /a\n')
    expect(await sh(sandbox, `curl -s http://127.0.0.1:${named.port}/b`)).toBe('served /b')
    expect(await sh(sandbox, `curl -s http://127.0.0.1:${other.port}/`)).toContain(
      'No rule of the policy names',
    )
    expect(await sh(sandbox, `curl -s --noproxy '*' http://127.0.0.1:${named.port}/ || echo $?`)).toBe('7\n')
    expect(other.seen).toEqual([])
    expect(
      events
        .filter(({ phase }) => phase === 'opened')
        .map(({ path }) => path)
        .filter(Boolean),
    ).toEqual(['/a', '/b'])
  })
})

test('npm installs from a registry that the policy names', async () => {
  const folder = join(root, 'package')
  mkdirSync(folder)
  const pack = `echo '{"name":"tiny-test-package","version":"1.2.3","main":"i.js"}' > package/package.json && echo 'module.exports = 42' > package/i.js && tar czf p.tgz package`
  spawnSync('/bin/bash', ['-c', pack], { cwd: root })
  const tarball = readFileSync(join(root, 'p.tgz'))
  let port = 0
  const registry = await web((url) =>
    url.endsWith('.tgz')
      ? tarball
      : JSON.stringify({
          name: 'tiny-test-package',
          'dist-tags': { latest: '1.2.3' },
          versions: {
            '1.2.3': {
              name: 'tiny-test-package',
              version: '1.2.3',
              dist: { tarball: `http://127.0.0.1:${port}/p.tgz` },
            },
          },
        }),
  )
  port = registry.port
  const { egress } = egressTo(`127.0.0.1:${port}`)
  const sandbox = await create({ egress })
  const output = await sh(
    sandbox,
    `npm install --no-audit --no-fund --no-update-notifier --loglevel=error --registry http://127.0.0.1:${port}/ tiny-test-package 2>&1 && node -e 'console.log(require("tiny-test-package"))'`,
  )
  expect(output).toMatch(/^42$/mu)
  expect(registry.seen).toEqual(['GET /tiny-test-package', 'GET /p.tgz'])
})

test('processes and memory are capped for all commands together, where control groups can be made', async () => {
  const sandbox = await create({ limits: { processes: 60, memoryBytes: 120 * 2 ** 20 } })
  const { facts } = await sandbox.probe()
  const held = (name: string) => facts.find((fact) => fact.name === name)?.holds === true
  const bomb = await sh(
    sandbox,
    `${process.execPath} -e 'let n = 0; for (let i = 0; i < 100; i++) { const c = require("node:child_process").spawn("/bin/sleep", ["5"]); c.on("error", () => {}); if (c.pid) n++ } console.log(n); process.exit()'`,
  )
  // As root without control groups nothing holds, and doctor says so.
  if (held('processes')) expect(Number(bomb)).toBeLessThan(60)
  else expect(facts.find(({ name }) => name === 'processes')?.detail).toContain('not capped')
  const hog = await sh(
    sandbox,
    `${process.execPath} -e 'const all = []; for (let n = 0; n < 40; n++) all.push(Buffer.alloc(1e7, 1)); console.log("had it")' ; echo "exit $?"`,
  )
  expect(hog).not.toMatch(/^had it$/mu)
  expect(hog).toMatch(/^exit [1-9]/mu)
  expect(await sh(sandbox, 'echo still here')).toBe('still here\n')
})

test('a group is removed with its session, and that of a dead one by the next', async () => {
  const groups = () =>
    ['/sys/fs/cgroup', '/sys/fs/cgroup/pids'].flatMap((folder) =>
      existsSync(folder)
        ? readdirSync(folder).filter((name) => name.startsWith(`cairn-${process.pid}-`))
        : [],
    )
  const sandbox = await create({})
  await sh(sandbox, 'true')
  await sandbox.close()
  await sleep(20)
  expect(groups()).toEqual([])
})

test('places for groups are found in both versions', () => {
  const two = groupPlaces(
    '0::/user.slice/user-1000.slice/app.slice/x.scope\n',
    '30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n',
  )
  expect(two.pids.map(({ folder }) => folder)).toEqual([
    '/sys/fs/cgroup/user.slice/user-1000.slice/app.slice/x.scope',
    '/sys/fs/cgroup/user.slice/user-1000.slice/app.slice',
    '/sys/fs/cgroup/user.slice/user-1000.slice',
    '/sys/fs/cgroup/user.slice',
  ])
  const one = groupPlaces(
    '8:pids:/docker/abc\n4:cpu,memory:/\n1:name=systemd:/\n0::/\n',
    '1 0 0:1 /docker/abc /sys/fs/cgroup/pids ro - cgroup cgroup rw,pids\n2 0 0:2 / /sys/fs/cgroup/memory ro - cgroup cgroup rw,cpu,memory\n',
  )
  expect(one).toEqual({
    pids: [{ version: 1, folder: '/sys/fs/cgroup/pids' }],
    memory: [{ version: 1, folder: '/sys/fs/cgroup/memory' }],
  })
  expect(groupPlaces('', '')).toEqual({ pids: [], memory: [] })
})

test('what a killed session left is cleared for every workspace, and what is in use stays', async () => {
  const script = `import { createSandbox } from ${JSON.stringify(new URL('./create-sandbox.ts', import.meta.url).href)}
    const box = createSandbox(${JSON.stringify({ workspace, home: join(root, 'home'), dataDir: join(root, 'data'), env: {} })})
    box.launch({ argv: ['/bin/true'], cwd: ${JSON.stringify(workspace)} })
    process.kill(process.pid, 'SIGKILL')`
  spawnSync(process.execPath, ['--input-type=module', '-e', script])
  expect(readdirSync(workspace)).toContain('.claude')
  const removed = clearLeftStubs(join(root, 'data'))
  expect(removed).toContain(join(workspace, '.claude'))
  expect(readdirSync(workspace)).toEqual([])
  const sandbox = await create({})
  expect(clearLeftStubs(join(root, 'data'))).toEqual([])
  expect(readdirSync(workspace)).toContain('.claude')
  await sandbox.close()
  expect(readdirSync(workspace)).toEqual([])
})
