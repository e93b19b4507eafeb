import type { Event, NewEvent } from '@cairn/journal'
import { createContext } from '@cairn/context'
import { cairnConfig } from './policies/cairn.ts'
import { standardSession } from './measure.ts'

/**
 * The one part with a clock: time and memory at a journal of many events. Generated sessions follow each other until
 * there are enough. Usage: node benchmarks/context/scale.ts [EVENTS]
 */
const wanted = Number(process.argv[2] ?? 100_000)
const session = standardSession(1)
const context = createContext(cairnConfig(200_000, session.system, session.tools), {
  blob: (hash) => session.blobs.get(hash) ?? null,
  disk: () => null,
})
const journal: Event[] = []
let epochs = 0
let slowest = 0
let total = 0
let calls = 0
const ms = (n: number) => `${n.toFixed(1)} ms`

function ingest(event: NewEvent): void {
  const stored = { ...event, seq: journal.length + 1 } as Event
  journal.push(stored)
  context.ingest(stored)
}

function call(time: number): void {
  const start = performance.now()
  for (const epoch of context.advance(time)) {
    epochs += 1
    ingest(epoch)
  }
  context.takeNarrativeJob()
  context.project()
  const took = performance.now() - start
  slowest = Math.max(slowest, took)
  total += took
  calls += 1
}

/** Time of this process alone: a loaded machine makes the clock on the wall look superlinear. */
const cpu = () => (process.cpuUsage().user + process.cpuUsage().system) / 1000
const begun = cpu()
const rounds = Math.ceil(wanted / session.steps.length)
for (let round = 0; round < rounds; round++) {
  for (const { event } of session.steps) {
    const time = event.time + round * 3_600_000
    if (event.kind === 'model.answered') call(time)
    ingest({ ...event, time })
  }
}
const all = cpu() - begun
const warm = performance.now()
context.project()
const warmTook = performance.now() - warm
const query = performance.now()
context.recall({ query: 'which rule did somebody give about the scheduler', limit: 5 })
const firstQuery = performance.now() - query
const again = performance.now()
context.recall({ query: 'threshold maximum of the upload queue', limit: 5 })
const nextQuery = performance.now() - again
const reopen = cpu()
const cold = createContext(cairnConfig(200_000, session.system, session.tools), {
  blob: (hash) => session.blobs.get(hash) ?? null,
  disk: () => null,
})
for (const event of journal) cold.ingest(event)
cold.project()
const reopenTook = cpu() - reopen
process.stdout.write(
  [
    `events            ${journal.length}`,
    `epochs            ${epochs}`,
    `all of it, CPU    ${ms(all)}`,
    `a call, mean      ${ms(total / Math.max(1, calls))}`,
    `a call, slowest   ${ms(slowest)}`,
    `projection, warm  ${ms(warmTook)}`,
    `cold open, CPU    ${ms(reopenTook)}`,
    `recall, first     ${ms(firstQuery)}`,
    `recall, next      ${ms(nextQuery)}`,
    `resident          ${Math.round(process.memoryUsage().rss / 1024 / 1024)} MB`,
    '',
  ].join('\n'),
)
