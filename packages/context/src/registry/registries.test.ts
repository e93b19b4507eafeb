import type { CheckResult, Event, EventBodies, EventKind } from '@cairn/journal'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isOpaque } from './opaque-command.ts'
import { reduceRegistries } from './reduce-registries.ts'
import { emptyRegistries } from './registries.ts'
import { renderRegistries } from './render-registries.ts'
import { readState, staleSince } from './staleness.ts'
import { invariantRuns } from '../testing/property-runs.ts'

const runs = invariantRuns(process.env)

function journal() {
  const state = emptyRegistries()
  let seq = 0
  return {
    state,
    add<K extends EventKind>(kind: K, body: EventBodies[K], turn = 1): number {
      reduceRegistries(state, { seq: ++seq, time: 0, turn, step: 0, kind, body } as Event)
      return seq
    },
  }
}

const done = (extra: Partial<EventBodies['tool.done']>): EventBodies['tool.done'] => ({
  call: 'c',
  tool: 't',
  ok: true,
  output: '',
  ms: 1,
  ...extra,
})
const check = (extra: Partial<CheckResult>): CheckResult => ({
  command: 'npm test',
  tree: 't1',
  treeAfter: 't1',
  exit: 0,
  ok: true,
  passed: 3,
  failed: 0,
  failures: [],
  durationMs: 1,
  ...extra,
})
const answer = (finish: 'stop' | 'calls'): EventBodies['model.answered'] => ({
  model: 'm',
  served: null,
  parts: [],
  usage: { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 },
  costUsd: null,
  finish,
  ms: 0,
})

describe('requests', () => {
  it('stay open over an answer and close at the next turn, at the gate and at the end', () => {
    const { state, add } = journal()
    add('user.message', { text: 'first' })
    add('user.message', { text: 'steer while working' })
    expect(state.requests.map((request) => request.status)).toEqual(['open', 'open'])
    add('model.answered', answer('stop'))
    add('user.message', { text: 'second' }, 2)
    expect(state.requests.map((request) => request.closedAs)).toEqual(['next-turn', 'next-turn', null])
    add('session.finished', {
      status: 'blocked',
      summary: '',
      openItems: [],
      evidence: [],
      steps: 1,
      costUsd: null,
      usage: answer('stop').usage,
    })
    expect(state.requests.at(-1)?.status).toBe('open')
    add('gate.decided', { accepted: true, reasons: [], evidence: [] })
    expect(state.requests.at(-1)).toMatchObject({ status: 'done', closedAs: 'accepted' })
  })
})

describe('files', () => {
  it('labels what changed behind the back of the model, and lets its own writes count as known', () => {
    const { state, add } = journal()
    const disk = new Map([['a.ts', 'h1']])
    const read = (path: string) => (disk.has(path) ? { sha256: disk.get(path) ?? '', text: '' } : null)
    add('tool.done', done({ files: [{ path: 'a.ts', op: 'seen', after: 'h1' }] }))
    expect(readState(state, 'a.ts', read)).toBe('current')
    expect(readState(state, 'b.ts', read)).toBe('never-read')
    add('tool.done', done({ files: [{ path: 'a.ts', op: 'wrote', before: 'h1', after: 'h2' }] }))
    disk.set('a.ts', 'h2')
    expect(readState(state, 'a.ts', read)).toBe('current')
    add('tool.intended', {
      call: 'x',
      tool: 'exec',
      args: { command: 'npx prettier --write .' },
      effect: 'exec',
      actionSha256: '',
    })
    const seq = add('tool.done', done({ call: 'x', tool: 'exec' }))
    disk.set('a.ts', 'h3')
    expect(readState(state, 'a.ts', read)).toBe('stale')
    expect(renderRegistries(state, read).text).toContain(
      `HISTORICAL: changed on disk since, perhaps by the command at seq ${seq}`,
    )
  })

  it('does not take a blind change for knowledge', () => {
    const { state, add } = journal()
    add('tool.done', done({ files: [{ path: 'a', op: 'wrote', before: 'h0', after: 'h1' }] }))
    expect(readState(state, 'a', () => ({ sha256: 'h1', text: '' }))).toBe('never-read')
  })
})

describe('checks', () => {
  it('go stale with a write and are fresh again on the same tree', () => {
    const { state, add } = journal()
    add('check.finished', { ...check({}), call: null })
    const test = () => state.tests.get('npm test') ?? expect.fail('no test')
    expect(staleSince(state, test())).toBeNull()
    const seq = add('tool.done', done({ files: [{ path: 'a', op: 'wrote', before: null, after: 'h' }] }))
    expect(staleSince(state, test())).toBe(seq)
    expect(renderRegistries(state, () => null).text).toContain(
      `PASS 0 failed, 3 passed (seq 1, tree @t1; STALE: the tree changed at seq ${seq})`,
    )
    add('check.finished', { ...check({ command: 'npm run lint' }), call: null })
    expect(staleSince(state, test())).toBeNull()
  })

  it('recognise the same defect in another run', () => {
    const { state, add } = journal()
    const failing = (ms: number) =>
      check({
        ok: false,
        exit: 1,
        failed: 1,
        failures: [{ id: 'a > b', message: `expected 3 in ${ms} ms at /tmp/x${ms}/y` }],
      })
    add('check.finished', { ...failing(12), call: null })
    add('check.finished', { ...failing(340), call: null })
    expect(state.tests.get('npm test')?.repeats).toBe(2)
  })
})

describe('the rest of the runtime state', () => {
  it('is rendered: plan, running processes, images of open requests, environment', () => {
    const { state, add } = journal()
    add('session.environment', { facts: { permission: 'ask' } })
    add('user.message', {
      text: 'look',
      attachments: [{ sha256: 'ab'.repeat(32), bytes: 1, mime: 'image/png' }],
    })
    add('plan.updated', { items: [{ text: 'find it', status: 'active' }] })
    add('process.started', { id: 'p1', command: 'npm run dev', pid: 7 })
    expect(renderRegistries(state, () => null).text).toMatchInlineSnapshot(`
      "User requests:
      - seq 2, turn 1, 1 attached: OPEN: look
      Plan:
      - [>] find it
      Processes:
      - p1: RUNNING, pid 7: npm run dev
      Images of open requests:
      - b:abababababab image/png, request seq 2
      Environment:
      - permission: "ask"
      "
    `)
    add('process.ended', { id: 'p1', exit: 0, signal: null })
    expect(renderRegistries(state, () => null).text).toContain('p1: ended at seq 5, exit 0')
  })
})

it('knows commands that only look', () => {
  for (const command of ['ls -la', 'git status && git diff', 'cat a | grep b 2>&1', 'sed -n 1,5p a'])
    expect(isOpaque(command)).toBe(false)
  for (const command of [
    'sed -i s/a/b/ x',
    'echo a > b',
    'git checkout .',
    'npm i',
    'ls; rm x',
    'find . -delete',
  ])
    expect(isOpaque(command)).toBe(true)
})

describe('freshness (I8)', () => {
  const path = fc.constantFrom('a', 'b', 'c')
  const step = fc.oneof(
    fc.record({ do: fc.constant('read' as const), path }),
    fc.record({ do: fc.constant('write' as const), path, hash: fc.nat(5) }),
    fc.record({ do: fc.constant('delete' as const), path }),
    fc.record({ do: fc.constant('outside' as const), path, hash: fc.nat(5) }),
    fc.record({ do: fc.constant('test' as const) }),
  )

  it(
    'I8: no file is called current that is not, nor a result fresh on another tree',
    { timeout: 1_800_000 },
    () => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
          const { state, add } = journal()
          const disk = new Map<string, string>()
          const read = (name: string) => (disk.has(name) ? { sha256: disk.get(name) ?? '', text: '' } : null)
          const tree = () => JSON.stringify([...disk].sort())
          const known = new Map<string, string>()
          let tested: string | null = null
          let outside = false
          for (const move of steps) {
            if (move.do === 'read') {
              const after = disk.get(move.path)
              if (after === undefined) continue
              add('tool.done', done({ files: [{ path: move.path, op: 'seen', after }] }))
              known.set(move.path, after)
            } else if (move.do === 'write' || move.do === 'delete') {
              const before = disk.get(move.path) ?? null
              const after = move.do === 'write' ? `h${move.hash}` : null
              if (after === null) disk.delete(move.path)
              else disk.set(move.path, after)
              add(
                'tool.done',
                done({
                  files: [{ path: move.path, op: after === null ? 'deleted' : 'wrote', before, after }],
                }),
              )
            } else if (move.do === 'outside') {
              disk.set(move.path, `h${move.hash}`)
              outside = true
            } else {
              tested = tree()
              outside = false
              add('check.finished', { ...check({ tree: tested, treeAfter: tested }), call: null })
            }
          }
          for (const line of renderRegistries(state, read).text.split('\n')) {
            const shown = /^- ([abc]) .*same on disk/.exec(line)?.[1]
            if (shown) expect(state.files.get(shown)?.seen.at(-1)?.hash).toBe(disk.get(shown))
          }
          const test = state.tests.get('npm test')
          if (test && !outside && staleSince(state, test) === null) expect(tree()).toBe(tested)
          for (const [name, hash] of known)
            if (readState(state, name, read) === 'current' && !state.files.get(name)?.wrote.length)
              expect(disk.get(name)).toBe(hash)
        }),
        { numRuns: runs },
      )
    },
  )
})
