/**
 * What the sandbox adds to a command: `node benchmarks/sandbox/overhead.ts [runs]` prints one table. All kinds take turns
 * in one process, so that a busy machine slows all of them alike.
 */
import { createSandbox } from '@cairn/guard'
import type { Launch, Sandbox } from '@cairn/guard'
import { createTerminal } from '@cairn/terminal'
import { execFileSync, spawn } from 'node:child_process'
import { accessSync, closeSync, constants, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const runs = Number(process.argv[2] ?? 50)
const root = mkdtempSync(join(tmpdir(), 'overhead-'))
const workspace = join(root, 'workspace')
mkdirSync(workspace)
execFileSync('git', ['init', '-q'], { cwd: workspace })

const find = (name: string): string | null => {
  for (const folder of ['/usr/bin', '/usr/sbin', '/bin', '/sbin']) {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return join(folder, name)
    } catch {
      // Not here.
    }
  }
  return null
}

const sandboxes: Sandbox[] = []
const sandbox = (dataDir: string, without: string[]): Sandbox => {
  const made = createSandbox({
    workspace,
    home: join(root, 'home'),
    env: process.env,
    dataDir: join(root, dataDir),
    find: (name) => (without.includes(name) ? null : find(name)),
  })
  sandboxes.push(made)
  return made
}

/** Starts and waits for the end of the output, as the terminal does, with Node's own pipes. */
const runLaunch = async (launch: Pick<Launch, 'file' | 'args' | 'env' | 'cwd' | 'fds'>) => {
  const fds = launch.fds.map(({ path }) => openSync(path, 'r'))
  const child = spawn(launch.file, launch.args, {
    cwd: launch.cwd,
    env: launch.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', ...fds],
  })
  for (const fd of fds) closeSync(fd)
  child.stdout?.resume()
  child.stderr?.resume()
  await new Promise((resolve) => child.on('close', resolve))
}

const request = { argv: ['/bin/bash', '-c', 'true'], cwd: workspace }
const kinds: [name: string, run: () => Promise<unknown>][] = [
  [
    'plain spawn',
    () =>
      runLaunch({
        file: '/bin/bash',
        args: ['-c', 'true'],
        env: { PATH: '/usr/bin' },
        cwd: workspace,
        fds: [],
      }),
  ],
]
const utilLinux = sandbox('util-linux', ['bwrap'])
if (utilLinux.backend !== 'none') kinds.push(['util-linux', () => runLaunch(utilLinux.launch(request))])
const best = sandbox('best', [])
if (best.backend === 'bubblewrap') kinds.push(['bubblewrap', () => runLaunch(best.launch(request))])
const terminals = [false, true].map((warm) =>
  createTerminal({
    sandbox: best,
    blobs: null,
    env: process.env,
    now: () => performance.now(),
    spoolDir: join(root, 'best/spool'),
    warm,
  }),
)
for (const [index, terminal] of terminals.entries()) {
  const name = `terminal, ${best.backend}, ${index === 0 ? 'cold' : 'prewarmed'}`
  kinds.push([name, () => terminal.exec({ command: 'true', cwd: workspace })])
}

const times = new Map<string, number[]>(kinds.map(([name]) => [name, []]))
for (let run = -3; run < runs; run++) {
  for (const [name, work] of kinds) {
    const start = performance.now()
    await work()
    if (run >= 0) times.get(name)?.push(performance.now() - start)
    // A model thinks between two commands: time for the next sandbox to start, which else would disturb its neighbour.
    await sleep(30)
  }
}
for (const terminal of terminals) await terminal.close()
for (const made of sandboxes) await made.close()
rmSync(root, { recursive: true, force: true })

const at = (values: number[], part: number) =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * part)] ?? 0
const plain = at(times.get('plain spawn') ?? [], 0.5)
console.log(`| ${'kind'.padEnd(32)} | median ms | p95 ms | over plain ms |`)
console.log(`|${'-'.repeat(34)}|${'-'.repeat(11)}|${'-'.repeat(8)}|${'-'.repeat(15)}|`)
for (const [name, values] of times) {
  const median = at(values, 0.5)
  const cells = [
    median.toFixed(1).padStart(9),
    at(values, 0.95).toFixed(1).padStart(6),
    (median - plain).toFixed(1).padStart(13),
  ]
  console.log(`| ${name.padEnd(32)} | ${cells.join(' | ')} |`)
}
