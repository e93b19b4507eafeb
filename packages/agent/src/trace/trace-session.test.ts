import { expect, test } from 'vitest'
import { sessionRig } from '../testing/session-rig.ts'
import { traceSession } from './trace-session.ts'

const call = (tool: string, args: object, id: string) => ({
  calls: [{ id, tool, args: JSON.stringify(args) }],
})
const edit = (path: string, text: string) => ({ path, old: '', new: text })

test('statements stand beside the plan, changes and evidence; a violating edit stops where it is made', async () => {
  await using rig = await sessionRig(
    [
      call('plan', { items: [{ text: 'write the invoice parser', status: 'active' }] }, 'c1'),
      call('edit', edit('src/legacy/old.js', '1'), 'c2'),
      call('edit', edit('src/invoice-parser.js', 'export const parseInvoice = 1'), 'c3'),
      call('exec', { command: 'echo 2 > src/legacy/kept.js' }, 'c4'),
      call('exec', { command: 'echo 1 > src/legacy/kept.js' }, 'c5'),
      call(
        'finish',
        {
          summary: 'written',
          claims: [{ claim: 'the parser is there', evidence: ['src/invoice-parser.js'] }],
        },
        'c6',
      ),
      { text: 'ok' },
    ],
    {
      files: {
        'src/legacy/kept.js': '1\n',
        'AGENTS.md': '# Rules\n- Do not touch anything in src/legacy/.\n',
      },
    },
  )
  const session = await rig.open({ check: { command: 'true', origin: 'given' } })
  const end = await session.run(
    'The invoice parser must reject negative totals. Write it in src/invoice-parser.js.',
    { steps: 20, tokens: null, usd: null, seconds: 60 },
    new AbortController().signal,
  )
  const trace = traceSession(rig.events, session.context.ledger())
  await session.close()

  const refused = rig.of('tool.done').find((event) => event.body.call === 'c2')
  expect(refused?.body).toMatchObject({ ok: false })
  expect(refused?.body.output).toContain('src/legacy/old.js is changed, against')
  const told = rig.of('harness.message').filter((event) => event.body.reason === 'constraint')
  expect(told.map((event) => event.body.text).join()).toContain('src/legacy/kept.js is changed')
  expect(end.status).toBe('done')

  const rule = trace.rows.find((row) => row.text.includes('src/legacy'))
  expect(rule).toMatchObject({ type: 'constraint', authority: 'repository', machine: ['path'] })
  const parser = trace.rows.find((row) => row.text.includes('negative totals'))
  expect(parser).toMatchObject({
    status: 'shown',
    changes: ['src/invoice-parser.js'],
    plan: ['write the invoice parser'],
  })
  expect(trace.unexplained).toEqual([])
})
