import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { escapeForDisplay } from '@cairn/guard'
import { campaignPlace, openFleet } from '../campaign/open-fleet.ts'
import { chooseModel } from '../choose-model.ts'
import type { Invocation } from '../command.ts'
import { loadConfig } from '../config/config.ts'
import { EXIT } from '../exit-code.ts'
import { count } from '../output/format.ts'
import { numberOption, stringOption } from '../parse-command-line.ts'
import { UsageError } from '../usage-error.ts'
import { VERSION } from '../version.ts'

export async function run(invocation: Invocation): Promise<number> {
  const [word, name] = invocation.positionals
  switch (word) {
    case 'worker':
      return worker(invocation)
    case 'status':
      return status(invocation)
    case 'drain':
      return drain(invocation, name ?? null)
    case 'limit':
      return limit(invocation, name)
    default:
      throw new UsageError(
        `cairn fleet does not know ${JSON.stringify(word)}`,
        'Known: worker, status, drain [WORKER], limit KEY --most N.',
      )
  }
}

/** Works until it is drained: SIGTERM finishes the unit under way, SIGINT gives it back. */
async function worker(invocation: Invocation): Promise<number> {
  const { io, values } = invocation
  const place = campaignPlace(invocation)
  const { serveUnits } = await import('@cairn/campaigns')
  const drain = new AbortController()
  const stop = new AbortController()
  io.on('SIGTERM', () => drain.abort())
  io.on('SIGINT', () => stop.abort())
  io.on('SIGHUP', () => stop.abort())
  // The coordinator that started it is gone: nobody waits for the unit under way.
  if (process.send !== undefined) process.on('disconnect', () => stop.abort())
  const fleet = await openFleet(invocation, place)
  const repository = stringOption(values, 'cwd')
  try {
    await serveUnits({
      fleet,
      id: `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`,
      agent: {
        ...place,
        version: VERSION,
        async model() {
          const { model, window } = await chooseModel(values, await loadConfig(io.env, place.home), io.env)
          return { model, window }
        },
      },
      campaign: stringOption(values, 'campaign'),
      repository: repository === null ? null : resolve(io.cwd(), repository),
      drain: drain.signal,
      stop: stop.signal,
    })
    return EXIT.ok
  } finally {
    await fleet.close()
    if (process.connected) process.disconnect?.()
  }
}

async function status(invocation: Invocation): Promise<number> {
  const { io, values } = invocation
  const fleet = await openFleet(invocation, campaignPlace(invocation))
  try {
    const { queues, workers } = await fleet.status()
    if (values['json'] === true) {
      io.stdout.write(`${JSON.stringify({ queues, workers })}\n`)
      return EXIT.ok
    }
    const lines = [
      count(workers.length, 'worker'),
      ...workers.map(({ id, job, draining }) => `  ${id}  ${job ?? 'idle'}${draining ? '  draining' : ''}`),
      count(queues.length, 'queue'),
      ...queues.map(
        ({ name, ready, waiting, running, done, dead, cancelled }) =>
          `  ${name}  ${ready} ready, ${waiting} waiting, ${running} running, ${done} done, ${dead} dead${cancelled ? '  cancelled' : ''}`,
      ),
    ]
    io.stdout.write(escapeForDisplay(`${lines.join('\n')}\n`))
    return EXIT.ok
  } finally {
    await fleet.close()
  }
}

async function drain(invocation: Invocation, name: string | null): Promise<number> {
  const fleet = await openFleet(invocation, campaignPlace(invocation))
  try {
    const asked = await fleet.drain(name)
    invocation.io.stdout.write(`${count(asked, 'worker')} asked to finish and leave\n`)
    if (asked === 0 && name !== null)
      throw new UsageError(`there is no worker ${name}`, 'See `cairn fleet status`.')
    return EXIT.ok
  } finally {
    await fleet.close()
  }
}

async function limit(invocation: Invocation, key: string | undefined): Promise<number> {
  const most = numberOption(invocation.values, 'most', { integer: true, least: 0 })
  if (key === undefined || !/^(?:repo|provider):./u.test(key))
    throw new UsageError(
      'a limit needs a key: repo:FOLDER or provider:NAME',
      'For example: cairn fleet limit provider:anthropic --most 4. Without --most the limit is lifted.',
    )
  const fleet = await openFleet(invocation, campaignPlace(invocation))
  try {
    await fleet.limit(key, most)
    invocation.io.stdout.write(most === null ? `${key}: no limit\n` : `${key}: at most ${most} at once\n`)
    return EXIT.ok
  } finally {
    await fleet.close()
  }
}
