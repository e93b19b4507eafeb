import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Trace } from './spectrum.ts'

interface ProbeRecord {
  main: string
  test: string | null
  passed: boolean | null
  lines: Record<string, [number, number][]>
}

function isRecord(value: unknown): value is ProbeRecord {
  return typeof value === 'object' && value !== null && 'main' in value && 'lines' in value && 'test' in value
}

function merge(into: Trace['lines'], from: Trace['lines']): void {
  for (const [file, ranges] of Object.entries(from)) into[file] = [...(into[file] ?? []), ...ranges]
}

/**
 * Reads what the probe left in a folder: one trace for each test, or for each process that has none. What ran outside
 * tests (module bodies) belongs to every test of its process.
 *
 * @param failing ids of failing tests, as parsed from the run's output
 */
export function readTraces(folder: string, failing: ReadonlySet<string>): Trace[] {
  const traces: Trace[] = []
  for (const name of readdirSync(folder).sort()) {
    const records = readFileSync(join(folder, name), 'utf8').split('\n').flatMap(parseRecord)
    const shared: Trace['lines'] = {}
    for (const record of records) if (record.test === null) merge(shared, record.lines)
    const own = records.filter((record) => record.test !== null && Object.keys(record.lines).length > 0)
    for (const record of own) {
      const id = `${record.main} > ${record.test ?? ''}`
      traces.push({ id, passed: record.passed ?? !failing.has(id), lines: record.lines })
    }
    const main = records[0]?.main
    if (main === undefined) continue
    if (own.length === 0) traces.push({ id: main, passed: records.at(-1)?.passed ?? true, lines: shared })
    // Lines of module bodies count once for the file: as a failing trace if any of its tests failed.
    else traces.push({ id: main, passed: own.every((record) => record.passed !== false), lines: shared })
  }
  return traces.map((trace) => ({ ...trace, lines: onceOnly(trace.lines) }))
}

function parseRecord(line: string): ProbeRecord[] {
  try {
    const value: unknown = JSON.parse(line)
    return isRecord(value) ? [value] : []
  } catch {
    return []
  }
}

/** Ranges without overlap, so that no line is counted twice for one trace. */
function onceOnly(lines: Trace['lines']): Trace['lines'] {
  return Object.fromEntries(
    Object.entries(lines).map(([file, ranges]) => {
      const sorted = ranges.toSorted((a, b) => a[0] - b[0])
      const merged: [number, number][] = []
      for (const [first, last] of sorted) {
        const top = merged.at(-1)
        if (top !== undefined && first <= top[1] + 1) top[1] = Math.max(top[1], last)
        else merged.push([first, last])
      }
      return [file, merged]
    }),
  )
}
