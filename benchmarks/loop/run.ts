/**
 * What the loop itself costs: the real command against a model that answers at once, so that every millisecond between
 * two requests is cairn's own (with one `echo` in the sandbox). Prints one table.
 *
 * Run alone: node benchmarks/loop/run.ts [--n 10,100] [--starts 7]
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { measuredRun, type MeasuredRun } from './measured-run.ts'
import type { RequestRow } from './model-server.ts'

const root = resolve(import.meta.dirname, '../..')
const { values } = parseArgs({
  options: { n: { type: 'string', default: '10,100,300,1000' }, starts: { type: 'string', default: '7' } },
})
const counts = values.n.split(',').map(Number)
if (!existsSync(join(root, 'packages/cli/dist/boot.js'))) throw new Error('Build first: npm run build')

const quantile = (values: readonly number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))] ??
  Number.NaN
const median = (values: readonly number[]) => quantile(values, 0.5)
const gapsOf = (rows: readonly RequestRow[]) =>
  rows.slice(1).map((row, n) => row.at - (rows[n]?.answeredAt ?? row.at))
const fixed = (value: number, digits = 1) => value.toFixed(digits)
const mib = (bytes: number) => fixed(bytes / 2 ** 20, 0)

const folder = mkdtempSync(join(tmpdir(), 'cairn-loop-'))
const server = spawn(process.execPath, [join(import.meta.dirname, 'model-server.ts')], {
  stdio: ['pipe', 'pipe', 'inherit'],
})
const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]()
const next = async <T>(): Promise<T> => {
  const { value } = await lines.next()
  return JSON.parse(String(value)) as T
}
const ask = async <T>(order: object): Promise<T> => {
  server.stdin.write(`${JSON.stringify(order)}\n`)
  return await next<T>()
}

interface Row {
  n: number
  first: number
  gaps: number[]
  cpu: number
  run: MeasuredRun
  bytes: number
  added: number
  /** Requests that did not extend the one before: each is a rewrite of the context. */
  breaks: number
}

try {
  const { url } = await next<{ url: string }>()
  let session = 0
  /** A session in folders of its own; with `resume` in those of the one before. */
  const play = async (turns: number, resume: boolean): Promise<{ run: MeasuredRun; rows: RequestRow[] }> => {
    if (!resume) session += 1
    const [cwd, home] = [join(folder, `work-${session}`), join(folder, `home-${session}`)]
    for (const path of [cwd, home]) mkdirSync(path, { recursive: true })
    await ask({ turns, keepPrefix: resume })
    const words = resume ? ['resume', '--last', 'and once more'] : ['run', 'Run the steps one by one.']
    const model = [
      '--json',
      '--model',
      'openai-compatible/scripted',
      '--base-url',
      url,
      '--context-window',
      '400000',
    ]
    const run = await measuredRun([join(root, 'node_modules/.bin/cairn'), ...words, ...model], {
      cwd,
      env: { PATH: process.env['PATH'] ?? '', HOME: home, LANG: 'C.UTF-8' },
    })
    if (run.code !== 0) throw new Error(`cairn ended with ${run.code}: ${run.err}`)
    return { run, ...(await ask<{ rows: RequestRow[] }>({ take: true })) }
  }

  await play(1, false)
  const starts: { first: number; cpu: number }[] = []
  for (let n = 0; n < Number(values.starts); n += 1) {
    const { run, rows } = await play(0, false)
    starts.push({ first: (rows[0]?.at ?? 0) - run.startedAt, cpu: run.cpuMs })
  }
  const cpuOfStart = median(starts.map((start) => start.cpu))

  const table: Row[] = []
  for (const n of counts) {
    const { run, rows } = await play(n, false)
    const resumed = await play(0, true)
    const first = rows[0]?.bytes ?? 0
    table.push({
      n,
      first: (rows[0]?.at ?? 0) - run.startedAt,
      gaps: gapsOf(rows),
      cpu: (run.cpuMs - cpuOfStart) / n,
      run,
      bytes: first,
      added: ((rows.at(-1)?.bytes ?? 0) - first) / Math.max(1, rows.length - 1),
      breaks: [...rows, ...resumed.rows].filter((row) => !row.extends).length,
    })
  }

  const load = loadavg()[0] ?? 0
  console.log(
    `start → first request, warm: median ${fixed(median(starts.map((start) => start.first)), 0)} ms of ${starts.length} (load of the machine ${fixed(load)})\n`,
  )
  console.log(
    '| turns | gap median | p95 | first 20 | last 20 | CPU/turn | largest process | tree | first request | added/turn | prefix kept, also after resume |',
  )
  console.log('|---|---|---|---|---|---|---|---|---|---|---|')
  for (const { n, gaps, cpu, run, bytes, added, breaks } of table) {
    const ms = [
      median(gaps),
      quantile(gaps, 0.95),
      median(gaps.slice(0, 20)),
      median(gaps.slice(-20)),
      cpu,
    ].map((value) => `${fixed(value)} ms`)
    const sizes = [
      `${mib(run.largestBytes)} MiB`,
      `${mib(run.treeBytes)} MiB`,
      `${bytes} B`,
      `${fixed(added, 0)} B`,
    ]
    console.log(`| ${[n, ...ms, ...sizes, breaks === 0 ? 'yes' : `${breaks} rewritten`].join(' | ')} |`)
  }
} finally {
  server.stdin.end()
  rmSync(folder, { recursive: true, force: true })
}
