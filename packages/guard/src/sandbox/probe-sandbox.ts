import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { GuardError } from '../errors.ts'
import type { Backend } from './backend.ts'
import { statOrNull } from './look-up.ts'
import { probeScript } from './probe-script.ts'
import { runLaunch } from './run-launch.ts'
import type { ProbeTargets } from './probe-script.ts'
import type { Launch, ProbeReport, SandboxRequest } from './sandbox.ts'
import type { SessionBoundary } from './session-boundary.ts'

type Check = ProbeReport['checks'][number]

/** Without these a command could change or read the host: commands must then be refused. */
const essential = new Set([
  'ran',
  'write-outside',
  'git-hooks',
  'git-config',
  'git-renamed',
  'read-secret',
  'kill-host',
  'kernel-settings',
  'network',
  'egress',
])

const timeoutMs = 10_000

/** Runs real escape attempts in one sandboxed shell and judges them from the host. */
export const probeSandbox = async (input: {
  launch: (request: SandboxRequest) => Launch
  /** Chooses the backend without blocking the process. */
  prepare: () => Promise<void>
  backend: () => Backend
  workspace: string
  home: string
  dataDir: string
  /** Values of the host's environment that commands must not see. */
  withheld: readonly string[]
  unpinned: () => string[]
  session: () => SessionBoundary | null
}): Promise<ProbeReport> => {
  try {
    await input.prepare()
    const backend = input.backend()
    const checks = await attempt(input)
    for (const lack of backend.weaker) checks.push({ name: 'reduced', held: false, detail: lack })
    for (const name of input.unpinned()) {
      checks.push({
        name: 'pinned',
        held: false,
        detail: `${name} is a symbolic link, which a command can replace`,
      })
    }
    const failed = checks.filter(({ held }) => !held)
    const level =
      failed.length === 0 ? 'full' : failed.some(({ name }) => essential.has(name)) ? 'none' : 'partial'
    const facts = input.session()?.facts ?? []
    return { backend: backend.name, level, checks, hint: hintFor(backend.name, failed), facts }
  } catch (error) {
    if (!(error instanceof GuardError)) throw error
    const checks = [{ name: 'ran', held: false, detail: error.message }]
    return { backend: 'none', level: 'none', checks, hint: error.hint, facts: [] }
  }
}

const hintFor = (backend: Backend['name'], failed: readonly Check[]): string | null => {
  if (failed.length === 0) return null
  const list = failed.map(({ name, detail }) => `${name} (${detail})`).join(', ')
  const advice = backend === 'util-linux' ? ' Installing bubblewrap gives the stronger boundary.' : ''
  return `Not held: ${list}.${advice}`
}

const attempt = async (input: {
  launch: (request: SandboxRequest) => Launch
  workspace: string
  home: string
  dataDir: string
  withheld: readonly string[]
  session: () => SessionBoundary | null
}): Promise<Check[]> => {
  const { workspace, home, dataDir, withheld } = input
  const secret = randomBytes(12).toString('hex')
  const mark = `cairn-probe-${randomBytes(6).toString('hex')}`
  const secretFile = join(dataDir, mark)
  const outside = [dirname(workspace), home, '/usr', '/etc', '/var', dataDir]
  const config = join(workspace, '.git/config')
  const configBefore = readOrNull(config)
  let connections = 0
  const server = createServer((socket) => {
    connections++
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  writeFileSync(secretFile, secret, { mode: 0o600 })
  const targets: ProbeTargets = {
    OUTSIDE: outside.filter((path) => !path.includes(' ')).join(' '),
    MARK: mark,
    SECRET_FILE: secretFile,
    PORT: String(portOf(server.address())),
    HOST_PID: String(process.pid),
    NODE: process.execPath,
    PENDING: statOrNull(join(workspace, '.git/HEAD')) === null ? '1' : '',
  }
  // Another process of the same user, as the agent itself is one, with something to read in its environment.
  const neighbour = spawn('/bin/sleep', ['60'], { env: { CANARY: secret }, stdio: 'ignore' })
  neighbour.on('error', () => {})
  try {
    const launch = input.launch({
      argv: ['/bin/bash', '-c', probeScript],
      cwd: workspace,
      env: { ...targets },
    })
    const { output } = await runLaunch(launch, timeoutMs)
    const checks = readResults(output)
    const add = (name: string, held: boolean, detail: string) =>
      checks.push({ name, held, detail: held ? '' : detail })
    const written = outside.filter(
      (folder) => statOrNull(join(folder, mark)) !== null && join(folder, mark) !== secretFile,
    )
    add('write-outside', written.length === 0, `wrote to ${written.join(', ')}`)
    add('git-hooks', statOrNull(join(workspace, '.git/hooks', mark)) === null, 'wrote a git hook')
    add('git-config', readOrNull(config) === configBefore, 'wrote to .git/config')
    add('network', connections === 0, 'reached a listener on the loopback interface of the host')
    if (input.session()?.env['HTTP_PROXY'] !== undefined)
      add(
        'egress',
        output.includes('\nproxy HTTP/1.1 403'),
        'the proxy did not refuse a host that no rule names',
      )
    add('environment', !output.includes(secret), 'read the environment of another process, or a secret file')
    add(
      'own-environment',
      !withheld.some((value) => output.includes(value)),
      "got more of the host's environment than the allow-list",
    )
    for (const folder of written) rmSync(join(folder, mark), { force: true })
    const hook = join(workspace, '.git/hooks', mark)
    if (statOrNull(hook) !== null) rmSync(hook, { force: true })
    if (configBefore !== null && readOrNull(config) !== configBefore) writeFileSync(config, configBefore)
    return checks
  } finally {
    neighbour.kill('SIGKILL')
    rmSync(secretFile, { force: true })
    server.close()
  }
}

const readResults = (output: string): Check[] => {
  const checks: Check[] = []
  for (const line of output.split('\n')) {
    const [name = '', result, detail = ''] = line.split('\t')
    if (result === 'held' || result === 'escaped') checks.push({ name, held: result === 'held', detail })
  }
  const ran = output.endsWith('\nend\n')
  checks.unshift({
    name: 'ran',
    held: ran,
    detail: ran ? '' : `the probe did not finish: ${output.slice(-200)}`,
  })
  return checks
}

const portOf = (address: AddressInfo | string | null): number =>
  typeof address === 'object' && address !== null ? address.port : 0

const readOrNull = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
