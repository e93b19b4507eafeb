import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import { firstTimeoutMs } from '../experiment/baseline.ts'
import type { Frame, ParsedFailure } from '../parse/parsed-output.ts'
import { namedFiles } from '../experiment/quick-command.ts'
import { runCommand } from '../run-check.ts'
import { coverageProbe } from './coverage-probe.ts'
import { importClosure } from './import-closure.ts'
import { isTestFile } from './is-test-file.ts'
import type { Localization } from './localization.ts'
import { rankLines } from './rank-lines.ts'
import { readTraces } from './read-traces.ts'
import { ochiai, type LineScore, type Trace } from './spectrum.ts'

/** Inside the scratch copy, so that any sandbox shows it. */
const probeFolder = '.cairn-probe'

/** Runs a check with the probe in a scratch copy and ranks lines. Never touches the workspace. */
export async function localizeIn(
  bench: Bench,
  options: { command: string; timeoutMs?: number; signal?: AbortSignal },
): Promise<Localization> {
  const { command, timeoutMs = firstTimeoutMs, signal } = options
  const slot = bench.slots[0]
  if (slot === undefined) throw new Error('a lab has at least one slot')
  const tree = await bench.treeHash()
  slot.refresh()
  const folder = join(slot.folder, probeFolder)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'probe.cjs'), coverageProbe)
  // The folder is entered or mounted, depending on the sandbox: the shell knows where it is.
  const env = `CAIRN_PROBE_ROOT="$PWD" CAIRN_PROBE_OUT="$PWD/${probeFolder}" NODE_OPTIONS="--require=$PWD/${probeFolder}/probe.cjs $NODE_OPTIONS"`
  const run = await runCommand({
    command: `export ${env}; ${command}`,
    cwd: bench.root,
    root: bench.root,
    terminal: bench.terminal,
    overlay: slot.folder,
    timeoutMs,
    ...(signal === undefined ? {} : { signal }),
  })
  const { failures, passed } = run.parsed
  rmSync(join(folder, 'probe.cjs'))
  const traces = readTraces(folder, new Set(failures.map((failure) => failure.id)))
  rmSync(folder, { recursive: true, force: true })
  bench.baselines.set(command, {
    tree,
    run,
    screens: bench.baselines.get(command)?.screens === false ? false : null,
  })
  rememberReach(bench, traces)
  // A script that the check names is what checks, however it is called: to mend it would be to cheat.
  const named = new Set(namedFiles(command, bench.root))
  const spectrum = ochiai(traces)
  const usable = spectrum.some((entry) => !isTestFile(entry.file))
  const ranked = rankLines(usable ? spectrum : byImports(bench.root, failures), failures, (frame) =>
    isThrow(bench.root, frame),
  )
  const judged = ranked.filter((entry) => !named.has(entry.file))
  const lines = judged.length > 0 ? judged : ranked
  return {
    command,
    ok: run.ok,
    passed,
    failures: failures.map((failure) => ({
      id: failure.id,
      message: failure.message,
      at: place(failure),
      source: testSource(bench.root, failure, named),
    })),
    lines,
    sizes: sizesOf(bench.root, lines),
    method: usable ? 'coverage' : 'imports',
  }
}

function sizesOf(root: string, lines: readonly LineScore[]): Localization['sizes'] {
  const sizes = new Map<string, { lines: number; bytes: number }>()
  for (const file of new Set(lines.map((entry) => entry.file))) {
    try {
      const text = readFileSync(join(root, file), 'utf8')
      sizes.set(file, { lines: text.split('\n').length, bytes: Buffer.byteLength(text) })
    } catch {
      // Made while the check ran, and gone since.
    }
  }
  return sizes
}

function rememberReach(bench: Bench, traces: readonly Trace[]): void {
  bench.reached.clear()
  for (const trace of traces) {
    const test = trace.id.split(' > ')[0] ?? trace.id
    const files = bench.reached.get(test) ?? new Set()
    for (const file of Object.keys(trace.lines)) files.add(file)
    bench.reached.set(test, files)
  }
}

function place(failure: ParsedFailure): string | null {
  const frame = failure.frames[0] ?? failure.test
  return frame === null || frame === undefined ? null : `${frame.file}:${frame.line}`
}

/** Whether the code throws by itself at a place. */
function isThrow(root: string, frame: Frame): boolean {
  try {
    return /\bthrow\b/.test(readFileSync(join(root, frame.file), 'utf8').split('\n')[frame.line - 1] ?? '')
  } catch {
    return false
  }
}

/** The lines of the failing test up to where it stopped: they hold the values that were expected. */
function testSource(root: string, failure: ParsedFailure, named: ReadonlySet<string>): string[] {
  const stop = failure.frames.find((frame) => isTestFile(frame.file) || named.has(frame.file)) ?? failure.test
  if (stop === null || stop === undefined) return []
  try {
    const lines = readFileSync(join(root, stop.file), 'utf8').split('\n')
    const declared =
      failure.test?.file === stop.file && failure.test.line <= stop.line ? failure.test.line : stop.line - 4
    const first = Math.max(1, declared, stop.line - 9)
    return lines.slice(first - 1, stop.line + 1).map((line) => line.trim())
  } catch {
    return []
  }
}

/** Without coverage: every line of what the failing tests import, nearer files first. */
function byImports(root: string, failures: readonly ParsedFailure[]): LineScore[] {
  const tests = new Set(failures.map((failure) => failure.test?.file ?? failure.id.split(' > ')[0] ?? ''))
  for (const failure of failures) for (const frame of failure.frames) tests.add(frame.file)
  const depths = new Map<string, number>()
  for (const test of tests)
    for (const [file, depth] of importClosure(root, test))
      if (!isTestFile(file) && /\.[cm]?[jt]sx?$/.test(file))
        depths.set(file, Math.min(depth, depths.get(file) ?? depth))
  return [...depths].flatMap(([file, depth]) => {
    const lines = readFileSync(join(root, file), 'utf8').split('\n')
    return lines.flatMap((text, index) =>
      /[\w]/.test(text) ? [{ file, line: index + 1, score: Math.round(50 / (1 + depth / 2)) / 100 }] : [],
    )
  })
}
