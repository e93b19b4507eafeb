// Latency and memory of the context engine on a long session: `node benchmarks/context-latency.ts [events]`.
// Writes a session of 100,000 events that refer to about 1 GB of blobs as the loop would, measuring each call, then
// opens it again in a new process. Prints one table. Needs no network and no model.
import { spawnSync } from 'node:child_process'
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { once } from 'node:events'
import { createContext, type ContextConfig, type ContextPorts } from '../packages/context/src/index.ts'
import type { Event, EventBodies, EventKind, NewEvent } from '../packages/journal/src/index.ts'

const CONFIG: ContextConfig = {
  model: {
    provider: 'bench',
    id: 'bench',
    name: 'Bench',
    window: 200_000,
    maxOutput: 16_000,
    prices: null,
    images: true,
    reasoning: false,
    editTool: 'edit',
    cacheTtl: 300,
  },
  system: 'You are a coding agent. '.repeat(200),
  tools: [],
  narrative: false,
}
const PORTS: ContextPorts = { blob: () => null, disk: () => null, events: () => [] }

function percentile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

const hash = (n: number) => n.toString(16).padStart(64, '0')

/** Plays a session into a file, one JSON event a line; returns the times of `advance` and `project` in ms. */
async function write(
  file: string,
  total: number,
): Promise<{ advance: number[]; project: number[]; epochs: number; blobBytes: number }> {
  const out = createWriteStream(file)
  const context = createContext(CONFIG, PORTS)
  const times = { advance: [] as number[], project: [] as number[], epochs: 0, blobBytes: 0 }
  let seq = 0
  let now = 1_700_000_000_000
  let step = 0
  const append = (event: NewEvent) => {
    const stored: Event = { ...event, seq: ++seq }
    context.ingest(stored)
    out.write(`${JSON.stringify(stored)}\n`)
  }
  const add = <K extends EventKind>(kind: K, body: EventBodies[K]) =>
    // The pair is right by the signature; the compiler cannot follow a generic index through a mapped union.
    append({ time: (now += 900), turn: 1, step, kind, body } as NewEvent)
  for (let written = 0; written < total; written = seq) {
    if (step % 60 === 0)
      add('user.message', {
        text: `Request ${step / 60}: keep port ${4_000 + (step % 500)} and fix module ${step % 97}.`,
      })
    let start = performance.now()
    const switches = context.advance(now)
    times.advance.push(performance.now() - start)
    for (const event of switches) {
      times.epochs++
      append(event)
    }
    start = performance.now()
    const { request, epoch, estimate, bytes } = context.project()
    times.project.push(performance.now() - start)
    add('model.requested', {
      model: 'bench',
      epoch,
      items: request.items.length,
      bytes,
      estimate,
      purpose: 'turn',
    })
    const calls = Array.from({ length: 1 + (step % 3) }, (_, n) => ({
      id: `c${step}-${n}`,
      path: `src/module${(step * 7 + n) % 300}.ts`,
    }))
    add('model.answered', {
      model: 'bench',
      served: null,
      parts: [
        { type: 'text', text: `Step ${step}: I look at the next module.` },
        ...calls.map(({ id, path }) => ({
          type: 'call' as const,
          id,
          tool: 'read',
          args: JSON.stringify({ path }),
        })),
      ],
      usage: { input: estimate, cachedInput: 0, cacheWrite: 0, output: 80, reasoning: 0 },
      costUsd: null,
      finish: 'calls',
      ms: 900,
    })
    for (const [n, { id, path }] of calls.entries()) {
      add('tool.intended', { call: id, tool: 'read', args: { path }, effect: 'read', actionSha256: '' })
      const output = `export const value${step} = ${n}\n`.repeat(4 + ((step * 31 + n) % 50))
      const full = { sha256: hash(step * 4 + n), bytes: 34_000, lines: 800 }
      times.blobBytes += full.bytes
      add('tool.done', {
        call: id,
        tool: 'read',
        ok: true,
        output,
        full,
        ms: 5,
        files: [{ path, op: 'seen', after: hash(step % 300) }],
      })
    }
    step++
    // Lets the file keep up, so that its buffer is not counted as memory of the engine.
    if (step % 500 === 0 && out.writableNeedDrain) await once(out, 'drain')
  }
  out.end()
  await once(out, 'close')
  return times
}

/** Opens the session as a resume does; prints one JSON line. */
async function open(file: string): Promise<void> {
  const before = process.memoryUsage.rss()
  const start = performance.now()
  let folding = 0
  const context = createContext(CONFIG, PORTS)
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const event: Event = JSON.parse(line)
    const at = performance.now()
    context.ingest(event)
    folding += performance.now() - at
  }
  const loaded = performance.now()
  context.project()
  const done = performance.now()
  const warm = Array.from({ length: 200 }, () => {
    const at = performance.now()
    context.project()
    return performance.now() - at
  })
  const rss = process.memoryUsage.rss()
  console.log(
    JSON.stringify({
      readMs: loaded - start - folding,
      projectMs: folding + done - loaded,
      totalMs: done - start,
      warmP99: percentile(warm, 0.99),
      rssMb: rss / 1e6,
      grownMb: (rss - before) / 1e6,
    }),
  )
}

const [argument, file] = process.argv.slice(2)
if (argument === 'open' && file) await open(file)
else {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-latency-'))
  try {
    const journal = join(folder, 'journal.jsonl')
    const total = Number(argument ?? 100_000)
    const times = await write(journal, total)
    const { stdout, stderr, status } = spawnSync(process.execPath, [import.meta.filename, 'open', journal], {
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(stderr)
    const cold: Record<string, number> = JSON.parse(stdout)
    const rows: [string, string, string][] = [
      ['events / epochs / blobs', `${total} / ${times.epochs} / ${Math.round(times.blobBytes / 1e6)} MB`, ''],
      [
        'project, p50 / p99 / max',
        `${percentile(times.project, 0.5).toFixed(3)} / ${percentile(times.project, 0.99).toFixed(2)} / ${percentile(times.project, 1).toFixed(1)} ms`,
        'p99 < 10 ms',
      ],
      [
        'advance, p50 / p99 / max',
        `${percentile(times.advance, 0.5).toFixed(3)} / ${percentile(times.advance, 0.99).toFixed(2)} / ${percentile(times.advance, 1).toFixed(1)} ms`,
        'p99 < 150 ms',
      ],
      ['cold: read and parse', `${Math.round(cold['readMs'] ?? 0)} ms`, ''],
      ['cold: fold and project', `${Math.round(cold['projectMs'] ?? 0)} ms`, '<= 1,000 ms'],
      ['cold: all', `${Math.round(cold['totalMs'] ?? 0)} ms`, '<= 1,500 ms'],
      ['warm project after cold open, p99', `${(cold['warmP99'] ?? 0).toFixed(3)} ms`, '< 1 ms'],
      ['memory of the opening process', `${Math.round(cold['rssMb'] ?? 0)} MB`, '<= 300 MB'],
    ]
    for (const [name, value, gate] of rows) console.log(`${name.padEnd(36)}${value.padEnd(36)}${gate}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
