/**
 * The scripted model as a process of its own, so that its work is in none of the measured numbers. Reads one JSON line
 * a script from standard input, answers `{"ready":…}`, and prints the log of requests when it is told to.
 */
import { scriptedServer } from '@cairn/models/testing'
import { createHash } from 'node:crypto'
import { createInterface } from 'node:readline'

/** What the benchmark needs of a request. */
export interface RequestRow {
  /** Milliseconds since the epoch when the body was complete, and when the answer had been handed over. */
  at: number
  answeredAt: number
  bytes: number
  /** Whether the transcript of the request before is a prefix of this one, byte for byte. */
  extends: boolean
}

const epoch = performance.timeOrigin
let turns = 0
let rows: RequestRow[] = []
let before = ''

/** The transcript as it stands in the body: everything from the first message to the last. */
const transcript = (text: string) => text.slice(text.indexOf('"messages":'), text.lastIndexOf('}]'))

const server = await scriptedServer(() => {
  const text = server.requests.at(-1)?.text ?? ''
  const now = transcript(text)
  const row = { at: epoch + arrived(), answeredAt: 0, bytes: text.length, extends: now.startsWith(before) }
  before = now
  rows.push(row)
  const n = rows.length
  const tag = createHash('sha256').update(String(n)).digest('hex').slice(0, 8)
  const args = JSON.stringify({ command: `echo turn-${n}-${tag}` })
  row.answeredAt = epoch + performance.now()
  return n > turns
    ? { text: 'done', usage: { input: 5_000 } }
    : { calls: [{ tool: 'exec', args }], usage: { input: 5_000 } }
})
const arrived = () => server.requests.at(-1)?.at ?? 0

const say = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`)
say({ url: server.baseUrl('chat') })
for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line) as { turns?: number; keepPrefix?: boolean; take?: boolean }
  if (order.turns !== undefined) {
    turns = order.turns
    rows = []
    if (order.keepPrefix !== true) before = ''
    say({ ready: turns })
  }
  if (order.take === true) say({ rows })
}
await server.close()
