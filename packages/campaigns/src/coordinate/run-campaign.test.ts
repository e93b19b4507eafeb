import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { scriptedServer, type Script } from '@cairn/models/testing'
import { expect, test, vi } from 'vitest'
import { openCampaign } from '../state/campaign-journal.ts'
import { campaignRig } from '../testing/campaign-rig.ts'
import { rollBackUnit } from './roll-back.ts'

// Workers are processes that load their sources first.
vi.setConfig({ testTimeout: 180_000 })

const numbered = (count: number, text: (index: number) => string) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`src/f${index}.js`, text(index)]))

const RENAME = `
goal: call next instead of old
units: { glob: 'src/*.js' }
recipe: { ast-grep: { pattern: 'old($A)', rewrite: 'next($A)' } }
check: { unit: '! grep -q old {file}', batch: 'test -d src' }
`

test('all units are merged onto a branch, and nothing of the user is touched', async () => {
  await using rig = campaignRig({
    ...numbered(6, (i) => `old(${i})\n`),
    '.gitignore': 'node_modules\n',
    'note.txt': 'a\n',
  })
  writeFileSync(join(rig.repository, 'note.txt'), 'not committed\n')
  writeFileSync(join(rig.repository, 'src/f0.js'), 'staged()\n')
  rig.git('add', 'src/f0.js')
  const before = [
    rig.git('status', '--porcelain'),
    rig.git('rev-parse', 'HEAD'),
    rig.git('branch', '--show-current'),
  ]
  const index = readFileSync(join(rig.repository, '.git/index'))
  const { finished, id } = await rig.run(RENAME)
  expect(finished).toMatchObject({ status: 'done', counts: { merged: 6, failed: 0 }, branch: `cairn/${id}` })
  const tree = rig.tree(finished.branch)
  for (let i = 0; i < 6; i++) expect(tree[`src/f${i}.js`]).toBe(`next(${i})`)
  expect(tree['note.txt']).toBe('a')
  expect([
    rig.git('status', '--porcelain'),
    rig.git('rev-parse', 'HEAD'),
    rig.git('branch', '--show-current'),
  ]).toEqual(before)
  expect(readFileSync(join(rig.repository, '.git/index')).equals(index)).toBe(true)
  expect(rig.git('worktree', 'list').split('\n')).toHaveLength(1)
})

test('a unit that makes the batch red is taken out and given back; the rest is merged', async () => {
  await using rig = campaignRig(numbered(8, (i) => `old(${i})\n`))
  const { finished } = await rig.run(`${RENAME.replace('test -d src', '! grep -rq "next(5)" src')}`)
  expect(finished).toMatchObject({ status: 'done-with-open-items', counts: { merged: 7, 'needs-human': 1 } })
  const [returned] = rig.of('campaign.returned')
  expect(returned?.body.units).toMatchObject([{ unit: 'src/f5.js' }])
  expect(rig.tree(finished.branch)['src/f5.js']).toBe('old(5)')
})

test('units that collide are done again on what was merged before', async () => {
  await using rig = campaignRig({ 'list.txt': 'top\n', 'a.js': 'a\n', 'b.js': 'b\n' })
  const { finished } = await rig.run(`
goal: both add a line at the same place
units: { command: 'printf "one\\ntwo\\n"' }
recipe: { command: 'echo {unit} >> list.txt' }
check: { unit: 'grep -qx {unit} list.txt' }
`)
  expect(finished).toMatchObject({ status: 'done', counts: { merged: 2 } })
  expect(rig.tree(finished.branch)['list.txt']?.split('\n').sort()).toEqual(['one', 'top', 'two'])
})

test('canary units go first, and the rest waits for approval', async () => {
  await using rig = campaignRig(numbered(5, (i) => `old(${i})\n`))
  const first = await rig.run(`${RENAME}\ncanary: 2`)
  expect(first.finished).toMatchObject({ status: 'paused', counts: { merged: 2, pending: 3 } })
  const again = await rig.run({ id: first.id })
  expect(again.finished).toMatchObject({ status: 'paused', counts: { merged: 2 } })
  const last = await rig.run({ id: first.id }, { approve: 'person' })
  expect(last.finished).toMatchObject({ status: 'done', counts: { merged: 5 } })
  expect(await rig.run({ id: first.id })).toMatchObject({
    finished: { status: 'done', head: last.finished.head },
  })
})

test('too many failures stop the campaign', async () => {
  await using rig = campaignRig(numbered(30, (i) => `old(${i})\n`))
  const { finished } = await rig.run(
    `${RENAME.replace('! grep -q old {file}', 'false')}\nstop: { failure-rate: 0.2, after: 4 }`,
  )
  expect(finished.status).toBe('stopped')
  expect(finished.counts['pending']).toBeGreaterThan(0)
})

test('a combined check that was red before blames no unit, and may turn green by all together', async () => {
  await using rig = campaignRig(numbered(5, (i) => `old(${i})\n`))
  const green = await rig.run(RENAME.replace('test -d src', '! grep -rq old src'))
  expect(green.finished).toMatchObject({ status: 'done', counts: { merged: 5 } })
  const red = await rig.run(RENAME.replace('test -d src', 'false'))
  expect(red.finished).toMatchObject({ status: 'stopped', counts: { verified: 5, merged: 0 } })
})

test('a merged unit is rolled back, unless others build on it', async () => {
  await using rig = campaignRig(numbered(3, (i) => `old(${i})\n`))
  const { id, finished } = await rig.run(RENAME)
  const place = {
    dataDir: rig.dataDir,
    home: rig.home,
    env: { PATH: process.env['PATH'] ?? '' },
    now: Date.now,
  }
  const result = await rollBackUnit(id, 'src/f1.js', place, new AbortController().signal)
  expect(result.ok).toBe(true)
  expect(rig.tree(finished.branch)).toMatchObject({
    'src/f0.js': 'next(0)',
    'src/f1.js': 'old(1)',
    'src/f2.js': 'next(2)',
  })
  await expect(rollBackUnit(id, 'src/f1.js', place, new AbortController().signal)).rejects.toMatchObject({
    code: 'no-campaign',
  })
})

test('a coordinator that was replaced decides nothing any more', async () => {
  await using rig = campaignRig(numbered(2, (i) => `old(${i})\n`))
  const { id, finished } = await rig.run(RENAME)
  const old = openCampaign(rig.dataDir, id, { mode: 'writer', now: Date.now })
  const next = openCampaign(rig.dataDir, id, { mode: 'writer', now: () => Date.now() + 3_600_000 })
  const moved = { from: finished.head, to: rig.git('rev-parse', 'main'), units: [], checks: [] }
  expect(() => old.append({ kind: 'campaign.merged', body: moved })).toThrow(
    expect.objectContaining({ code: 'lease-lost' }),
  )
  expect(old.state.head).toBe(finished.head)
  old.close()
  next.close()
})

const textOf = (body: { [key: string]: unknown }) => JSON.stringify(body['messages'])

test('constraints stand in the first request of every unit, decisions in those of later units they concern', async () => {
  const script: Script = ({ body }) => {
    const text = textOf(body)
    const unit = /Your unit: (src\/f\d\.js)/.exec(text)?.[1] ?? ''
    const call = (tool: string, args: object) => ({ calls: [{ tool, args: JSON.stringify(args) }] })
    if (!text.includes('edit-now')) {
      const note = { type: 'decision', text: 'The new name is renamed.', paths: ['src/'] }
      const elsewhere = { type: 'decision', text: 'Docs keep the old name.', paths: ['docs/'] }
      const calls = [
        { tool: 'exec', args: JSON.stringify({ command: `echo edit-now; sed -i s/old/renamed/ ${unit}` }) },
      ]
      if (unit === 'src/f0.js')
        calls.push(
          ...[note, elsewhere].map((entry) => ({
            tool: 'note',
            args: JSON.stringify(entry),
          })),
        )
      return { calls }
    }
    return text.includes('finished-it')
      ? { text: 'finished' }
      : call('finish', { summary: 'finished-it', claims: [] })
  }
  const server = await scriptedServer(script)
  await using rig = campaignRig(
    numbered(3, (i) => `old(${i})\n`),
    { model: server.baseUrl('chat') },
  )
  const { finished } = await rig.run(
    `
goal: rename old
constraints: ['Never touch the file LICENSE.', 'Keep the public API.']
units: { glob: 'src/*.js' }
recipe: agent
check: { unit: 'grep -q renamed {file}' }
canary: 1
`,
    { approve: 'option', workers: 1 },
  )
  const firsts = new Map<string, string>()
  for (const request of server.requests) {
    const unit = /Your unit: (src\/f\d\.js)/.exec(request.text)?.[1]
    if (unit !== undefined && !firsts.has(unit)) firsts.set(unit, request.text)
  }
  await server.close()
  expect(finished).toMatchObject({ status: 'done', counts: { merged: 3 } })
  expect([...firsts.keys()].sort()).toEqual(['src/f0.js', 'src/f1.js', 'src/f2.js'])
  for (const [unit, text] of firsts) {
    expect(text).toContain('Never touch the file LICENSE.')
    expect(text).toContain('Keep the public API.')
    expect(text.includes('The new name is renamed.')).toBe(unit !== 'src/f0.js')
    expect(text).not.toContain('Docs keep the old name.')
  }
})
