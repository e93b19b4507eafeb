import { createRedactor } from '@cairn/guard'
import { loadOrCreateKey, openStore } from '@cairn/journal'
import { array, assert, boolean, constantFrom, oneof, property, record, string } from 'fast-check'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { emptyLabels, reduceLabels } from '../session-labels.ts'
import { recordImport, type ImportedStep } from './record-import.ts'

const ids = constantFrom('', 'a', 'b', 'with space', 'x'.repeat(80), 'toolu:1')
const steps = array(
  oneof(
    record({ type: constantFrom('message' as const), text: string() }),
    record({
      type: constantFrom('answer' as const),
      parts: array(
        oneof(
          record({ type: constantFrom('text' as const), text: string() }),
          record({ type: constantFrom('call' as const), id: ids, tool: ids, args: string() }),
        ),
        { maxLength: 4 },
      ),
    }),
    record({ type: constantFrom('result' as const), call: ids, ok: boolean(), output: string() }),
  ),
  { maxLength: 12 },
)

test('whatever a file says, calls have allowed names and no result without them, and nothing has authority', () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cairn-import-')))
  try {
    const key = loadOrCreateKey(folder)
    let made = 0
    assert(
      property(steps, (found) => {
        made += 1
        const store = openStore(join(folder, `s${made}.db`), {
          sessionId: 's',
          mode: 'writer',
          now: () => 5,
          key,
        })
        const full: ImportedStep[] = found.map((step) =>
          step.type === 'answer' ? { ...step, time: null, model: null } : { ...step, time: null },
        )
        const counts = recordImport(store, {
          start: {
            version: '1',
            cwd: folder,
            repositoryRoot: folder,
            title: 't',
            check: null,
            dataDir: folder,
            model: { info: { provider: 'imported', id: 'm' } },
          },
          source: {
            source: 'atif',
            sha256: '',
            bytes: 0,
            session: null,
            agent: 'x',
            trusted: false,
            leftOut: 0,
          },
          steps: full,
          redactor: createRedactor({ registered: [], env: {}, salt: new Uint8Array(16) }),
          now: 5,
        })
        const labels = emptyLabels()
        let open = new Set<string>()
        for (const event of store.read()) {
          reduceLabels(labels, event)
          if (event.kind === 'user.message') expect(event.body.by).toBe('agent')
          if (event.kind === 'model.answered') {
            open = new Set()
            for (const part of event.body.parts)
              if (part.type === 'call') {
                expect(part.id).toMatch(/^[A-Za-z0-9_-]{1,64}$/)
                expect(part.tool).toMatch(/^[A-Za-z0-9_-]{1,64}$/)
                open.add(part.id)
              }
          }
          if (event.kind === 'tool.done') expect(open.delete(event.body.call)).toBe(true)
        }
        expect(labels.trusted).toEqual([])
        expect(labels.untrusted).toBeGreaterThan(0)
        expect(counts.answers).toBe(found.filter(({ type }) => type === 'answer').length)
        store.close()
      }),
      { numRuns: 40 },
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
