import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

/** A user who is nobody in particular. */
const other = 65_534

let root: string
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'environment-')))
  chmodSync(root, 0o755)
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const isRoot = process.getuid?.() === 0
const asOther = ['setpriv', '--reuid', String(other), '--regid', String(other), '--clear-groups']
const noNamespaces = (then: string) => [
  'unshare',
  '-Ur',
  'sh',
  '-c',
  `echo 0 > /proc/sys/user/max_user_namespaces && exec ${then} "$@"`,
  'sh',
]
const coveredProc = (then: string) => [
  'unshare',
  '-m',
  'sh',
  '-c',
  `mount -t tmpfs none /proc/bus && exec ${then} "$@"`,
  'sh',
]

interface Outcome {
  backend: string
  level: string
  failed: string[]
  hint: string | null
  output: string
}

/** Probes a sandbox and runs one command in it, in a process that is started by `prefix`. */
const inEnvironment = (prefix: readonly string[], owner: number | null, without: string[] = []): Outcome => {
  const workspace = join(root, 'home/project')
  mkdirSync(workspace, { recursive: true })
  mkdirSync(join(root, 'data'))
  if (owner !== null)
    for (const path of [workspace, dirname(workspace), join(root, 'data')]) chownSync(path, owner, owner)
  const from = (file: string) => JSON.stringify(new URL(file, import.meta.url).href)
  const script = `import { createSandbox } from ${from('./create-sandbox.ts')}
    import { findTool } from ${from('./find-tool.ts')}
    import { runLaunch } from ${from('./run-launch.ts')}
    const find = findTool([])
    const without = ${JSON.stringify(without)}
    const workspace = ${JSON.stringify(workspace)}
    const sandbox = createSandbox({ workspace, home: ${JSON.stringify(join(root, 'home'))}, dataDir: ${JSON.stringify(join(root, 'data'))},
      env: { PATH: '/usr/local/bin:/usr/bin:/bin' }, find: (name) => without.includes(name) ? null : find(name) })
    const { backend, level, checks, hint } = await sandbox.probe()
    let output = ''
    if (level !== 'none') {
      const launch = sandbox.launch({ argv: ['/bin/bash', '-c', 'echo ran > file && cat file; echo x > /usr/x'], cwd: workspace })
      output = (await runLaunch(launch, 20000)).output
    }
    await sandbox.close()
    console.log(JSON.stringify({ backend, level, hint, output, failed: checks.filter((c) => !c.held).map((c) => c.name + ': ' + c.detail) }))`
  const [file = '', ...args] = [...prefix, process.execPath, '--input-type=module', '-e', script]
  const { stdout, stderr } = spawnSync(file, args, { cwd: '/', encoding: 'utf8', timeout: 60_000 })
  const line = stdout.split('\n').find((each) => each.startsWith('{'))
  if (line === undefined) throw new Error(`no outcome: ${stdout}${stderr}`)
  return JSON.parse(line)
}

const holds = (outcome: Outcome, backend: string) => {
  expect(outcome).toMatchObject({ backend, level: 'full', failed: [] })
  expect(outcome.output).toMatch(/^ran\n/u)
}

test('as whoever runs this', () => holds(inEnvironment([], null), 'bubblewrap'))

test('inside of another user namespace', () => holds(inEnvironment(['unshare', '-Ur'], null), 'bubblewrap'))

test('without bubblewrap', () => holds(inEnvironment([], null, ['bwrap']), 'util-linux'))

test('without user namespaces, but with the rights to make the others', () =>
  holds(inEnvironment(noNamespaces('env'), null), 'util-linux'))

test('without user namespaces and without rights commands are refused, and the message says what to allow', () => {
  const drop = 'setpriv --bounding-set=-all --inh-caps=-all --no-new-privs'
  const outcome = inEnvironment(noNamespaces(drop), null)
  expect(outcome).toMatchObject({ backend: 'none', level: 'none' })
  expect(outcome.hint).toContain('user.max_user_namespaces')
  const bare = inEnvironmentAgain(noNamespaces(drop), ['bwrap'])
  expect(bare.hint).toMatch(/^Install bubblewrap: /u)
})

const inEnvironmentAgain = (prefix: readonly string[], without: string[]): Outcome => {
  rmSync(join(root, 'data'), { recursive: true })
  return inEnvironment(prefix, null, without)
}

// Only root can become somebody else, and cover a part of /proc.
const cases: readonly [name: string, run: () => void][] = isRoot
  ? [
      ['another user', () => holds(inEnvironment(asOther, other), 'bubblewrap')],
      [
        'another user without bubblewrap',
        () => holds(inEnvironment(asOther, other, ['bwrap']), 'util-linux'),
      ],
      ['root with a covered /proc', () => holds(inEnvironment(coveredProc('env'), null), 'util-linux')],
      [
        'another user with a covered /proc',
        () => {
          const outcome = inEnvironment(coveredProc(asOther.join(' ')), other)
          expect(outcome).toMatchObject({ backend: 'bubblewrap', level: 'partial' })
          expect(outcome.failed.join()).toContain('/proc of the host is visible')
          expect(outcome.output).toMatch(/^ran\n/u)
        },
      ],
    ]
  : [['this user', () => holds(inEnvironment([], null), 'bubblewrap')]]

test.each(cases)('%s', (_, run) => run())
