// A session of 100,000 events and 1 GB as the agent opens it: `node benchmarks/context/session-scale.ts [EVENTS] [DIR]`.
// Writes a real journal once, in a temporary folder or in DIR, which is kept; then opens it in new processes with
// `composeSession`: without and with what the session before left beside the journal. Prints one table.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { composeSession, type Session } from '../../packages/agent/src/index.ts'
import { createContext, type ContextConfig } from '../../packages/context/src/index.ts'
import { loadOrCreateKey, openStore, sessionPath, type NewEvent } from '../../packages/journal/src/index.ts'
import type { Model } from '../../packages/models/src/index.ts'
import { standardSession } from './measure.ts'
import { createPrng } from './prng.ts'

const BLOB_BYTES = 36_000
const id = 'scale'

const model: Model = {
  info: {
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
  // Nothing is asked: the table is about opening.
  async *stream() {},
}

async function open(dir: string): Promise<Session> {
  const cwd = join(dir, 'work')
  const home = join(dir, 'home')
  const dataDir = join(dir, 'data')
  for (const folder of [cwd, home, dataDir]) mkdirSync(folder, { recursive: true })
  return composeSession({
    sessionId: id,
    journal: sessionPath(dataDir, id),
    key: loadOrCreateKey(dataDir),
    cwd,
    repositoryRoot: cwd,
    model,
    window: null,
    check: null,
    title: 'scale',
    version: '0',
    env: { PATH: process.env['PATH'], HOME: home },
    dataDir,
    home,
    now: Date.now,
    listener: () => undefined,
    onDelta: () => undefined,
    code: 'bench',
  })
}

const WORDS = Array.from({ length: 3_000 }, (_, n) => createPrng(n).token(3 + (n % 8)))

/** What a tool may have put out: lines of common words, and of numbers that occur once. */
function outputText(seed: number): string {
  const prng = createPrng(seed)
  let text = ''
  for (let line = 1; text.length < BLOB_BYTES; line++) {
    const words = Array.from({ length: 9 }, () => prng.pick(WORDS)).join(' ')
    text += `${line}: ${words} ${line % 10 === 0 ? prng.token(8) : ''}\n`
  }
  return text
}

/** Plays generated sessions one after the other into the journal, with an epoch where the engine wants one. */
async function write(dir: string, total: number): Promise<void> {
  await (await open(dir)).close()
  const journal = sessionPath(join(dir, 'data'), id)
  const store = openStore(journal, { sessionId: id, mode: 'writer', now: Date.now })
  const ref = [...store.read()]
    .flatMap((event) => (event.kind === 'session.environment' ? (event.body.facts['config'] ?? []) : []))
    .at(-1)
  const sha256 = typeof ref === 'object' && ref !== null && !Array.isArray(ref) ? String(ref['sha256']) : ''
  // Written by composeSession from a value of this type.
  const config = JSON.parse(Buffer.from(store.getBlob(sha256) ?? '').toString()) as ContextConfig
  const context = createContext(config, {
    blob: (hash) => store.getBlob(hash),
    events: (after) => store.read({ from: after + 1 }),
    disk: () => null,
  })
  for (const event of store.read()) context.ingest(event)
  const played = standardSession(1)
  for (const bytes of played.blobs.values()) store.putBlob(bytes)
  const batch: NewEvent[] = []
  const flush = () => {
    for (const event of store.append(batch.splice(0))) context.ingest(event)
  }
  let blobs = 0
  let bytes = 0
  for (let round = 0; store.head().size < total; round++) {
    for (const { event } of played.steps) {
      const time = event.time + round * 3_600_000
      if (event.kind === 'session.started') continue
      if (event.kind === 'model.answered') {
        flush()
        batch.push(...context.advance(time))
        flush()
        context.project()
      }
      const stored = { ...event, time }
      if (stored.kind === 'tool.done' && stored.body.full === undefined) {
        const text = outputText(blobs++)
        const blob = store.putBlob(Buffer.from(text))
        bytes += blob.bytes
        stored.body = { ...stored.body, full: { ...blob, lines: text.split('\n').length } }
      }
      batch.push(stored)
    }
    flush()
  }
  store.close()
  console.log(`wrote blobs of ${Math.round(bytes / 1e6)} MB`)
}

/** Opens the session in this process, uses it, and prints what that took. */
async function measure(dir: string): Promise<void> {
  const cpu = () => (process.cpuUsage().user + process.cpuUsage().system) / 1000
  const result: Record<string, number> = {}
  const timed = <T>(name: string, work: () => T): T => {
    const at = cpu()
    const value = work()
    result[name] = cpu() - at
    return value
  }
  const [at, wall] = [cpu(), performance.now()]
  const session = await open(dir)
  session.context.project()
  result['open'] = cpu() - at
  result['openWall'] = performance.now() - wall
  timed('warm', () => session.context.project())
  result['rss'] = process.memoryUsage().rss / 1e6
  if (process.argv[4] === 'recall') {
    timed('recallFirst', () => session.context.recall({ query: 'threshold of the upload queue', limit: 5 }))
    timed('recallNext', () => session.context.recall({ query: 'which rule about the scheduler', limit: 5 }))
    result['rssRecall'] = process.memoryUsage().rss / 1e6
  }
  await session.close()
  console.log(JSON.stringify(result))
}

function run(mode: string, dir: string, ...rest: string[]): Record<string, number> {
  const { stdout, stderr, status } = spawnSync(process.execPath, [import.meta.filename, mode, dir, ...rest], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  return mode === 'measure' ? JSON.parse(stdout) : {}
}

const size = (file: string) => `${(statSync(file).size / 1e6).toFixed(1)} MB`

const [first = '100000', second, third] = process.argv.slice(2)
if (first === 'measure' && second) await measure(second)
else if (first === 'write' && second) await write(second, Number(third))
else {
  const dir = second ?? mkdtempSync(join(tmpdir(), 'cairn-scale-'))
  try {
    const journal = sessionPath(join(dir, 'data'), id)
    if (!existsSync(journal)) run('write', dir, first)
    for (const cache of ['context', 'recall']) rmSync(`${journal}.${cache}`, { force: true })
    const cold = run('measure', dir)
    const warm = run('measure', dir)
    const recalled = run('measure', dir, 'recall')
    const again = run('measure', dir, 'recall')
    const ms = (value: number | undefined) => `${(value ?? 0).toFixed(1)} ms`
    const rows: [string, string, string][] = [
      ['events / journal', `${first} / ${size(journal)}`, '100,000 / 1 GB'],
      ['open and project (CPU, wall)', `${ms(warm['open'])}, ${ms(warm['openWall'])}`, '<= 1,500 ms'],
      ['the same from the journal alone', `${ms(cold['open'])}, ${ms(cold['openWall'])}`, ''],
      ['projection, warm', ms(warm['warm']), '<= 150 ms'],
      ['resident after opening', `${Math.round(warm['rss'] ?? 0)} MB`, '<= 300 MB'],
      ['the same from the journal alone', `${Math.round(cold['rss'] ?? 0)} MB`, ''],
      ['recall, first of a session', `${ms(again['recallFirst'])}`, ''],
      ['recall, first ever', `${ms(recalled['recallFirst'])}`, ''],
      ['recall, next', ms(again['recallNext']), '<= 50 ms'],
      ['resident after recall', `${Math.round(again['rssRecall'] ?? 0)} MB`, '<= 300 MB'],
      ['kept beside the journal', `${size(`${journal}.context`)}, ${size(`${journal}.recall`)}`, ''],
    ]
    for (const [name, value, gate] of rows) console.log(`${name.padEnd(36)}${value.padEnd(36)}${gate}`)
  } finally {
    if (second === undefined) rmSync(dir, { recursive: true, force: true })
  }
}
