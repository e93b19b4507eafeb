import { verifyLog } from '@cairn/journal'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cliRig, exec, pause, type CliRig, type JsonEvent } from './testing/cli-rig.ts'

/** The issue asks for 50. */
const KILLS = Number(process.env['CAIRN_KILLS'] ?? 8)
const STEPS = 8
/** Events that a whole run of the script prints, about. */
const EVENTS = 4 * STEPS + 6

/** The scripted model goes on where the transcript stands, so that a resumed session is asked for what is missing. */
const appender = () =>
  cliRig(({ body }) => {
    const asked = new Set(JSON.stringify(body).match(/append-\d+/g)).size
    return asked < STEPS
      ? { calls: [exec(`echo append-${asked} >> journal.txt; echo did append-${asked}`)] }
      : { text: 'end' }
  })

function lines(rig: CliRig): string[] {
  try {
    const text = readFileSync(join(rig.cwd, 'journal.txt'), 'utf8')
    return text.split('\n').filter((line) => line !== '')
  } catch {
    return []
  }
}

const ofType = (events: readonly JsonEvent[], type: string) => events.filter((event) => event.type === type)
const lineOf = (intended: JsonEvent) => /append-\d+/.exec(JSON.stringify(intended['args']))?.[0] ?? ''

/** What holds for a journal after a kill and a resume, whatever the moment. */
function expectWhole(events: readonly JsonEvent[], written: readonly string[]): 'interrupted' | 'between' {
  expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1))
  const intended = ofType(events, 'tool.intended')
  const done = new Map(ofType(events, 'tool.done').map((event) => [event['call'], event]))
  // Nothing twice: neither an intention nor an effect.
  expect(new Set(intended.map((event) => event['call'])).size).toBe(intended.length)
  expect(new Set(written).size).toBe(written.length)
  // No effect without a word: each line was intended, each intention has a result, and that says what it had.
  const told = intended.map(lineOf)
  for (const line of written) expect(told).toContain(line)
  const interrupted = intended.filter((event) => done.get(event['call'])?.['lost'] === 'interrupted')
  for (const event of intended) {
    if (interrupted.includes(event)) continue
    expect(done.get(event['call'])?.output).toMatch(new RegExp(`^\\[exit 0.*\\]\\ndid ${lineOf(event)}$`))
    expect(written).toContain(lineOf(event))
  }
  expect(interrupted.length).toBeLessThanOrEqual(1)
  if (interrupted.length === 0) return 'between'
  const [lost] = interrupted
  expect(ofType(events, 'session.resumed').flatMap((event) => event['interrupted'])).toContain(lost?.['call'])
  expect(done.get(lost?.['call'])?.output).toContain(
    'It may have had its effect in full, in part or not at all',
  )
  return 'interrupted'
}

/** One session, killed `ms` after its n-th event, then resumed to its end. */
async function killedAt(n: number, ms: number): Promise<'interrupted' | 'between' | 'too late'> {
  await using rig = await appender()
  const running = rig.start(['run', '--json', ...rig.model(), 'append'])
  const seen = () => running.out().split('\n').length - 1
  await running.until(() => seen() >= n || running.child.exitCode !== null)
  await pause(ms)
  if (running.child.exitCode !== null) return 'too late'
  running.child.kill('SIGKILL')
  const killed = await running.result

  // The journal is the truth: what was printed is in it, and it verifies as it is.
  const before = await rig.cairn(['show', '--json'])
  expect(before.events.slice(0, killed.events.length)).toEqual(killed.events)
  const path = join(rig.dataDir, 'sessions', `${String(killed.events[0]?.['session'])}.db`)
  const vkey = readFileSync(join(rig.dataDir, 'journal.vkey'), 'utf8').trim()
  expect((await verifyLog(path, { vkey })).problems).toEqual([])

  const resumed = await rig.cairn(['resume', '--last', '--json', ...rig.model()])
  expect([resumed.err, resumed.code, resumed.last?.status]).toEqual(['', 0, 'answered'])
  expect((await rig.cairn(['log', 'verify'])).code).toBe(0)
  const { events } = await rig.cairn(['show', '--json'])
  expect(events).toEqual([...before.events, ...resumed.events])
  return expectWhole(events, lines(rig))
}

test(
  'kill -9 at any moment: the session goes on, nothing is lost, nothing happens twice',
  async () => {
    const seen = { interrupted: 0, between: 0, 'too late': 0 }
    for (let kill = 0; kill < KILLS; kill += 1) {
      // Spread over the whole session, and somewhere between two events.
      const n = 1 + Math.floor(((kill + Math.random()) * EVENTS) / KILLS)
      const ms = Math.floor(Math.random() ** 2 * 25)
      try {
        seen[await killedAt(n, ms)] += 1
      } catch (cause) {
        throw new Error(`killed ${ms} ms after event ${n}`, { cause })
      }
    }
    console.log(`kills: ${JSON.stringify(seen)}`)
    expect(seen['interrupted'] + seen['between']).toBeGreaterThan(KILLS / 2)
  },
  60_000 + KILLS * 20_000,
)
