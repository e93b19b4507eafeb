import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cliRig, exec, pause, type CliRig, type JsonEvent } from './testing/cli-rig.ts'

/** The issue asks for 50. */
const KILLS = Number(process.env['CAIRN_KILLS'] ?? 8)
const STEPS = 12

/** The call that a request answers: the scripted model goes on where the transcript stands. */
const callsIn = (body: unknown) => new Set(JSON.stringify(body).match(/append-\d+/g)).size

function lines(rig: CliRig): string[] {
  try {
    return readFileSync(join(rig.cwd, 'journal.txt'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
  } catch {
    return []
  }
}

const ofType = (events: JsonEvent[], type: string) => events.filter((event) => event.type === type)

/** One session, killed once after `ms`, then resumed to its end. Tells whether the kill hit anything. */
async function killedOnce(ms: number): Promise<'in time' | 'too late' | 'too early'> {
  await using rig = await cliRig(({ body }) => {
    const n = callsIn(body)
    return n < STEPS
      ? { calls: [exec(`echo append-${n} >> journal.txt; echo did append-${n}`)] }
      : { text: 'end' }
  })
  const running = rig.start(['run', '--json', ...rig.model(), 'append'])
  await pause(ms)
  const late = running.child.exitCode !== null
  running.child.kill('SIGKILL')
  const killed = await running.result
  if (late) return 'too late'
  // The journal is the truth: what was printed is in it.
  const before = await rig.cairn(['show', '--json'])
  if (before.code !== 0) return 'too early'
  expect(before.events.slice(0, killed.events.length)).toEqual(killed.events)
  expect([ms, (await rig.cairn(['log', 'verify'])).code]).toEqual([ms, 0])

  const resumed = await rig.cairn(['resume', '--last', '--json', ...rig.model()])
  expect([ms, resumed.err, resumed.code, resumed.last?.status]).toEqual([ms, '', 0, 'answered'])
  const { events } = await rig.cairn(['show', '--json'])
  expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1))
  expect(events.slice(0, before.events.length)).toEqual(before.events)

  // No effect twice, and none without a word: each line is one call, and a call without a result is told as interrupted.
  const intended = ofType(events, 'tool.intended').map((event) => String(event['call']))
  const done = new Map(ofType(events, 'tool.done').map((event) => [String(event['call']), event]))
  expect(new Set(intended).size).toBe(intended.length)
  const written = lines(rig)
  expect(new Set(written).size).toBe(written.length)
  const interrupted: string[] = []
  for (const event of ofType(events, 'tool.intended')) {
    const result = done.get(String(event['call']))
    expect([ms, event['call'], result !== undefined]).toEqual([ms, event['call'], true])
    const line = String((event['args'] as { command: string }).command).match(/append-\d+/)?.[0] ?? ''
    if (result?.['lost'] === 'interrupted') interrupted.push(line)
    else
      expect([ms, line, result?.output, written.includes(line)]).toEqual([
        ms,
        line,
        `[exit 0]\ndid ${line}`,
        true,
      ])
  }
  expect(interrupted.length).toBeLessThanOrEqual(1)
  // A line that nobody intended, or that is not told of, would be a silent effect.
  const told = ofType(events, 'tool.intended').map(
    (event) => String((event['args'] as { command: string }).command).match(/append-\d+/)?.[0],
  )
  for (const line of written) expect(told).toContain(line)
  if (interrupted.length > 0) {
    expect(resumed.events.find((event) => event.type === 'session.resumed')?.['interrupted']).toHaveLength(1)
    expect(JSON.stringify(resumed.events)).toContain(
      'It may have had its effect in full, in part or not at all',
    )
  }
  expect([
    ms,
    (await rig.cairn(['log', 'verify'])).code,
    (await rig.cairn(['context', 'check'])).code,
  ]).toEqual([ms, 0, 0])
  return 'in time'
}

test(
  'kill -9 at any moment: the session goes on, nothing is lost, nothing happens twice',
  async () => {
    let whole = 0
    {
      await using rig = await cliRig(({ body }) => {
        const n = callsIn(body)
        return n < STEPS
          ? { calls: [exec(`echo append-${n} >> journal.txt; echo did append-${n}`)] }
          : { text: 'end' }
      })
      const started = performance.now()
      expect((await rig.run('append')).code).toBe(0)
      whole = performance.now() - started
    }
    const seen = { 'in time': 0, 'too late': 0, 'too early': 0 }
    // Spread over the time of the session, each moment somewhere in its own part.
    for (let n = 0; n < KILLS; n += 1)
      seen[await killedOnce(whole * (0.15 + (0.75 * (n + Math.random())) / KILLS))] += 1
    console.log(`kills: ${JSON.stringify(seen)} over ${Math.round(whole)} ms`)
    expect(seen['in time']).toBeGreaterThanOrEqual(KILLS / 3)
  },
  20_000 + KILLS * 15_000,
)
