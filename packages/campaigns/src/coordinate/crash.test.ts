import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { EventBodies } from '@cairn/journal'
import { expect, test } from 'vitest'
import { CampaignError } from '../errors.ts'
import { worktreesOf } from '../git/worktree-folder.ts'
import { findCampaign, openCampaign } from '../state/campaign-journal.ts'
import { campaignRig } from '../testing/campaign-rig.ts'
import type { CoordinatorSettings } from '../testing/coordinator-process.ts'
import type { Fault } from '../testing/fault-point.ts'

/** `all` walks every point, which takes half an hour and more; `30-40` those; else a few of them. */
const POINTS = process.env['CAIRN_CRASH_POINTS'] ?? ''
const isWhole = POINTS !== ''
const [FIRST = 1, LAST = Infinity] = /^\d+-\d+$/u.test(POINTS) ? POINTS.split('-').map(Number) : []

const FILES = { 'a.js': 'old(1)\n', 'b.js': 'old(2)\n', 'c.js': 'old(3)\n', 'list.txt': '' }
// Units collide, so that one is given back and done again; the last one waits for the others.
const DEFINITION = `
goal: call next instead of old
units: { glob: '*.js' }
recipe:
  - ast-grep: { pattern: 'old($A)', rewrite: 'next($A)' }
  - command: 'grep -qx {unit} list.txt || { echo {unit}; cat list.txt; } | sort > list.new; test ! -s list.new || cp list.new list.txt; rm -f list.new'
check: { unit: 'grep -qx {unit} list.txt', batch: 'test -f list.txt' }
attempts: 9
last: c.js
batch: 2
`
const faultPoint = pathToFileURL(join(import.meta.dirname, '../testing/fault-point.ts')).href
const program = join(import.meta.dirname, '../testing/coordinator-process.ts')

type Finished = EventBodies['campaign.finished']

/** One run of a coordinator; null where it was killed. */
async function runOnce(settings: CoordinatorSettings, fault: Fault): Promise<Finished | null> {
  const child = spawn(process.execPath, ['--import', faultPoint, program, JSON.stringify(settings)], {
    env: { ...process.env, CAIRN_TEST_FAULT: JSON.stringify(fault) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let errors = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')))
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString('utf8')))
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve))
  if (code === null) return null
  if (code !== 0) throw new Error(`the coordinator ended with ${code}: ${errors}`)
  // What the coordinator prints.
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as Finished
}

/** A campaign with one fault, gone on with as a person would. Gives what the fault met; null where it came after the end. */
async function runWithFault(fault: Omit<Fault, 'fired'>): Promise<string | null> {
  await using rig = campaignRig(FILES)
  const fired = join(rig.folder, 'fired')
  const { dataDir, home, repository } = rig
  const settings = { dataDir, home, repository, fleet: join(dataDir, 'fleet.sqlite'), workers: 1 }
  const ofId = () => {
    try {
      return findCampaign(dataDir, null)
    } catch (error) {
      if (CampaignError.isInstance(error) && error.code === 'no-campaign') return null
      throw error
    }
  }
  let finished: Finished | null = null
  for (let run = 0; finished === null && run < 5; run++) {
    const campaign = ofId()
    finished = await runOnce(
      { ...settings, campaign, definition: campaign === null ? DEFINITION : null },
      { ...fault, fired },
    )
  }
  const id = ofId()
  if (finished === null || id === null) throw new Error('the campaign did not end')
  expect(finished).toMatchObject({ status: 'done', counts: { merged: 3, failed: 0, 'needs-human': 0 } })
  expect(rig.git('rev-parse', finished.branch)).toBe(finished.head)
  expect(rig.tree(finished.branch)).toEqual({
    'a.js': 'next(1)',
    'b.js': 'next(2)',
    'c.js': 'next(3)',
    'list.txt': 'a.js\nb.js\nc.js',
  })
  const subjects = rig.git('log', '--format=%s', `main..${finished.branch}`).split('\n').sort()
  expect(subjects).toEqual(['test: a.js', 'test: b.js', 'test: c.js'])
  const journal = openCampaign(dataDir, id, { mode: 'reader', now: Date.now })
  const merged = [...journal.store.read({ kinds: ['campaign.merged'] })].flatMap((event) =>
    event.kind === 'campaign.merged' ? event.body.units.map(({ unit }) => unit) : [],
  )
  journal.close()
  expect([...merged].sort()).toEqual(['a.js', 'b.js', 'c.js'])
  expect(existsSync(worktreesOf(dataDir, id))).toBe(false)
  expect(existsSync(join(repository, '.git/worktrees'))).toBe(false)
  expect(readdirSync(join(repository, '.git')).filter((name) => name.endsWith('.lock'))).toEqual([])
  const what = existsSync(fired) ? readFileSync(fired, 'utf8') : null
  rmSync(fired, { force: true })
  return what
}

const STEP = isWhole ? 1 : 23

for (const program of ['coordinator-process', 'worker-process'])
  for (const how of ['before', 'during', 'git'] as const)
    test(
      `a campaign whose ${program} ends at any point (${how}) merges each unit once`,
      { timeout: 3_600_000 },
      async () => {
        let at = isWhole ? FIRST : 5
        for (; at <= LAST; at += STEP) {
          const what = await runWithFault({ program, at, how }).catch((error: unknown) => {
            throw new Error(`at point ${at}`, { cause: error })
          })
          if (isWhole) console.log(`${program} ${how} ${at}: ${what ?? 'the end'}`)
          if (what === null) break
        }
        // It has met points at all.
        expect(at).toBeGreaterThan(isWhole ? FIRST : STEP)
      },
    )
