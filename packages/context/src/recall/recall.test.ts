import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Event, EventBodies, EventKind } from '@cairn/journal'
import * as fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { boundView } from '../ingest/bound-view.ts'
import { allEntries, emptyLedger } from '../ledger/ledger-state.ts'
import { reduceLedger } from '../ledger/reduce-ledger.ts'
import { createRecall } from './create-recall.ts'
import type { Recall, RecallPorts } from './create-recall.ts'
import { indexTerms, queryTerms } from './tokenise.ts'
import { propertyRuns } from '../testing/property-runs.ts'

const runs = propertyRuns(process.env)
const open: Recall[] = []
afterEach(() => open.splice(0).forEach((recall) => recall.close()))

function session() {
  const events: Event[] = []
  const blobs = new Map<string, Uint8Array>()
  const ledger = emptyLedger()
  const hashes = new Map<string, string | null>()
  let reads = 0
  const ports: RecallPorts = {
    *events(after) {
      reads++
      for (let at = after; at < events.length; at++) if (events[at]) yield events[at] as Event
    },
    event: (seq) => events[seq - 1] ?? null,
    blob: (sha) => blobs.get(sha) ?? null,
    entries: () => allEntries(ledger),
    fileHash: (path) => hashes.get(path),
  }
  return {
    ports,
    hashes,
    reads: () => reads,
    add<K extends EventKind>(kind: K, body: EventBodies[K]): number {
      const event = { seq: events.length + 1, time: 0, turn: 1, step: 0, kind, body } as Event
      events.push(event)
      reduceLedger(ledger, event, ports)
      return event.seq
    },
    blob(text: string): string {
      const sha = createHash('sha256').update(text).digest('hex')
      blobs.set(sha, new TextEncoder().encode(text))
      return sha
    },
    recall(extra: Partial<RecallPorts> = {}): Recall {
      const made = createRecall({ ...ports, ...extra })
      open.push(made)
      return made
    },
  }
}

const output = (text: string, extra: Partial<EventBodies['tool.done']> = {}): EventBodies['tool.done'] => ({
  call: 'c',
  tool: 'exec',
  ok: true,
  output: text,
  ms: 1,
  ...extra,
})

describe('recall', () => {
  it('costs nothing until it is used', () => {
    const made = session()
    made.add('user.message', { text: 'hello' })
    made.recall().close()
    expect(made.reads()).toBe(0)
  })

  it('finds by words, their forms, and the parts of names', () => {
    const made = session()
    made.add('user.message', { text: 'The retryLimit of the billing service was discussed.' })
    made.add('tool.done', output('ran migrations for user_accounts in src/store/user-accounts.ts'))
    made.add('tool.done', output('nothing of interest'))
    const recall = made.recall()
    const first = (query: string) => recall.recall({ query }).hits[0]?.seq
    expect(first('retry')).toBe(1)
    expect(first('which limits did we set')).toBe(1)
    expect(first('migrate accounts')).toBe(2)
    expect(first('userAccounts')).toBe(2)
    expect(recall.recall({ query: 'zebra' })).toMatchObject({ hits: [] })
    expect(recall.recall({ query: '"; drop table term' }).hits).toEqual([])
  })

  it('reads what a handle of a bounded view points to, by lines, bytes and grep', () => {
    const made = session()
    const text = Array.from(
      { length: 5000 },
      (_, i) => `row ${i + 1} of the log${i === 2499 ? ' with needle-9' : ''}`,
    ).join('\n')
    const sha256 = made.blob(text)
    const view = boundView(text, { maxTokens: 400 })
    made.add('tool.done', output(view.text, { full: { sha256, bytes: text.length, lines: 5000 } }))
    const [, ref = '', from, to] = /recall ref="([^"]+)" lines=(\d+)-(\d+)/.exec(view.text) ?? []
    const recall = made.recall()
    expect(recall.recall({ ref, lines: [Number(from), Number(from) + 2] }).text).toContain(
      `row ${from} of the log\nrow ${Number(from) + 1} of`,
    )
    expect(Number(to)).toBeGreaterThan(4000)
    expect(recall.recall({ ref, grep: 'NEEDLE' }).text).toContain('2500: row 2500')
    expect(recall.recall({ ref: `${ref}#bytes=0-5` }).text).toContain('bytes 0-5:\nrow 1')
    expect(recall.recall({ query: 'needle' }).text).toContain('row 2500 of the log with needle-9')
    expect(recall.recall({ ref: 'b:ffffffffffff' })).toMatchObject({ hits: [] })
  })

  it('labels currency: files, replaced and retracted entries', () => {
    const made = session()
    made.add('user.message', { text: 'The port must be 3000.' })
    made.add('user.message', { text: 'The port must be 4000.' })
    const old = made.add(
      'tool.done',
      output('old parser text', { files: [{ path: 'a.ts', op: 'seen', after: 'h1' }] }),
    )
    made.hashes.set('a.ts', 'h2')
    const recall = made.recall()
    const labels = Object.fromEntries(
      recall.recall({ query: 'port' }).hits.map((hit) => [hit.seq, hit.label]),
    )
    expect(labels).toEqual({ 1: 'superseded', 2: 'current' })
    expect(recall.recall({ query: 'parser' }).hits).toMatchObject([{ seq: old, label: 'superseded' }])
    expect(recall.recall({ ref: 'L1.0' }).text).toContain(
      'L1.0 [superseded] constraint, user, key port: The port must be 3000.',
    )
    expect(recall.recall({ ref: 'L1.0' }).text).toContain('source seq 1')
    expect(recall.recall({ ref: 'e:2' }).text).toContain(
      '[current] e:2, seq 2, user.message:\nThe port must be 4000.',
    )
  })

  it('shows the versions of a path and its newest text', () => {
    const made = session()
    const after = made.blob('export const a = 2\n')
    made.add(
      'tool.done',
      output('', { files: [{ path: 'src/a.ts', op: 'wrote', before: null, after: 'e'.repeat(64) }] }),
    )
    made.add(
      'tool.done',
      output('', { files: [{ path: 'src/a.ts', op: 'wrote', before: 'e'.repeat(64), after }] }),
    )
    const found = made.recall().recall({ ref: 'src/a.ts' })
    expect(found.text).toContain('2 versions known')
    expect(found.text).toContain('export const a = 2')
  })

  it('works on after a reopen, and rebuilds a damaged index', () => {
    const made = session()
    const folder = mkdtempSync(join(tmpdir(), 'recall-'))
    try {
      const file = join(folder, 'index.sqlite')
      made.add('user.message', { text: 'first about zebras' })
      const one = made.recall({ file })
      expect(one.recall({ query: 'zebra' }).hits).toHaveLength(1)
      one.close()
      made.add('user.message', { text: 'second about zebras' })
      const two = made.recall({ file })
      expect(two.recall({ query: 'zebra' }).hits).toHaveLength(2)
      expect(two.recall({ query: 'zebra' })).toEqual(made.recall().recall({ query: 'zebra' }))
      two.close()
      writeFileSync(file, 'no database at all, but long enough to be read as one'.repeat(100))
      expect(made.recall({ file }).recall({ query: 'zebra' }).hits).toHaveLength(2)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('reaches planted statements by one shared word among many alike (reach@1q ≥ 98 %)', () => {
    const made = session()
    const words =
      'store worker cache login token parser index query render config server client route view table build test branch commit patch retry limit buffer socket'.split(
        ' ',
      )
    let state = 7
    const pick = () => words[(state = (Math.imul(state, 1103515245) + 12345) >>> 0) % words.length] ?? ''
    const plants: { seq: number; word: string }[] = []
    for (let i = 0; i < 4000; i++) {
      const noise = Array.from({ length: 30 }, pick).join(' ')
      const word = `quoll${String.fromCharCode(97 + (i % 26))}${i}`
      if (i % 40 === 0)
        plants.push({
          seq: made.add(i % 80 === 0 ? 'user.message' : 'harness.message', {
            text: `${noise}. The ${word} must stay as it is. ${noise}`,
            reason: '',
          }),
          word,
        })
      else made.add('tool.done', output(noise))
    }
    const recall = made.recall()
    const reached = plants.filter(({ seq, word }) =>
      recall.recall({ query: `what did the server say on ${word}?` }).hits.some((hit) => hit.seq === seq),
    )
    expect(reached.length / plants.length).toBeGreaterThanOrEqual(0.98)
  })

  it('takes a file that another journal left, or that breaks while it is used, for none', () => {
    const folder = mkdtempSync(join(tmpdir(), 'recall-'))
    try {
      const file = join(folder, 'index.sqlite')
      const theirs = session()
      for (let i = 0; i < 300; i++) theirs.add('user.message', { text: `about lions ${i}` })
      const other = theirs.recall({ file })
      other.recall({ query: 'lions' })
      other.close()
      const made = session()
      for (let i = 0; i < 300; i++) made.add('user.message', { text: i === 7 ? 'zebras' : `noise ${i}` })
      const recall = made.recall({ file })
      expect(recall.recall({ query: 'lions' }).hits).toEqual([])
      expect(recall.recall({ query: 'zebra' }).hits).toHaveLength(1)
      const breaker = new DatabaseSync(file)
      breaker.exec('drop table document')
      breaker.close()
      expect(recall.recall({ query: 'zebra' }).hits).toHaveLength(1)
      recall.close()
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('catches up in portions, and then finds the same', () => {
    const made = session()
    for (let i = 0; i < 600; i++) made.add('user.message', { text: i === 500 ? 'zebras' : `noise ${i}` })
    const recall = made.recall()
    for (let i = 0; i < 2; i++) recall.catchUp(600)
    expect(recall.recall({ query: 'zebra' })).toEqual(made.recall().recall({ query: 'zebra' }))
    recall.catchUp(601)
  })

  it('never throws, whatever it is asked', () => {
    const made = session()
    made.add('user.message', { text: 'The port must be 3000. naïve ΔΣ 漢字 foo_bar-baz.qux' })
    const recall = made.recall()
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('e:1', 'e:9', 'L1.0', 'b:abcdef', 'a/b.ts', '"', 'NEAR(', 'path:x*', '漢字', 'port'),
    )
    fc.assert(
      fc.property(
        fc.record(
          {
            query: text,
            ref: text,
            grep: text,
            lines: fc.tuple(fc.integer(), fc.integer()),
            limit: fc.integer(),
          },
          { requiredKeys: [] },
        ),
        (query) => {
          expect(recall.recall(query)).toEqual(recall.recall(query))
        },
      ),
      { numRuns: runs },
    )
    expect(recall.recall({ query: '漢字' }).hits).toHaveLength(1)
  })
})

describe('terms', () => {
  it('split names, keep them whole too, and fold endings', () => {
    expect(indexTerms('parseHTTPResponse')).toBe('pars http respons parsehttpresponse')
    expect(indexTerms('snake_case kebab-case')).toBe('snak cas snakecase kebab cas kebabcase')
    expect(queryTerms('what is the limit')).toEqual(['limit'])
    expect(queryTerms('what is it')).not.toEqual([])
    for (const [a, b] of [
      ['migration', 'migrate'],
      ['limits', 'limit'],
      ['stopped', 'stop'],
      ['caches', 'cached'],
      ['retries', 'retry'],
    ])
      expect(indexTerms(a ?? '')).toBe(indexTerms(b ?? ''))
  })
})
