import { once } from 'node:events'
import type { Writable } from 'node:stream'
import type { Event, Json } from './event.ts'
import type { JournalStore } from './store.ts'

const VERSION = '1.3.0'
const categories: Record<number, number> = { 0: 0, 1001: 1, 1007: 1, 6002: 6, 6003: 6 }

interface Mapped {
  class_uid: number
  activity_id: number
  status_id?: 1 | 2
  severity_id?: number
  message: string
  fields?: { [key: string]: Json }
}

const success = (ok: boolean): 1 | 2 => (ok ? 1 : 2)
const FILE_ACTIVITY = { seen: 2, wrote: 3, deleted: 4 } as const

function filesOf(event: Extract<Event, { kind: 'tool.done' }>): Mapped[] {
  const { files = [], ok, tool } = event.body
  return files.map((file) => ({
    class_uid: 1001,
    activity_id: file.op === 'wrote' && file.before === null ? 1 : FILE_ACTIVITY[file.op],
    status_id: success(ok),
    message: `${tool}: ${file.op} ${file.path}`,
    fields: {
      file: {
        name: file.path.slice(file.path.lastIndexOf('/') + 1),
        path: file.path,
        type_id: 1,
        ...(file.after === null ? {} : { hashes: [{ algorithm_id: 3, value: file.after }] }),
      },
    },
  }))
}

/** The classes of OCSF that an event is told as: one of a command or a call, and one for each file that it touched. */
function map(event: Event): Mapped[] {
  switch (event.kind) {
    case 'session.started':
      return [
        {
          class_uid: 6002,
          activity_id: 3,
          status_id: 1,
          message: 'session started',
          fields: { app: { name: 'cairn', version: event.body.version } },
        },
      ]
    case 'session.finished':
      return [
        {
          class_uid: 6002,
          activity_id: 4,
          status_id: success(event.body.status !== 'failed'),
          message: `session ended: ${event.body.status}`,
          fields: { app: { name: 'cairn' } },
        },
      ]
    case 'tool.intended':
      return event.body.effect === 'exec'
        ? [
            {
              class_uid: 1007,
              activity_id: 1,
              status_id: 1,
              message: `${event.body.tool} starts`,
              fields: { process: { cmd_line: commandOf(event.body.args), uid: event.body.call } },
            },
          ]
        : [
            {
              class_uid: 6003,
              activity_id: 3,
              status_id: 1,
              message: `${event.body.tool} starts`,
              fields: api(event.body.tool),
            },
          ]
    case 'tool.done':
      return [
        {
          class_uid: 6003,
          activity_id: 2,
          status_id: success(event.body.ok),
          message: `${event.body.tool} ended`,
          fields: api(event.body.tool),
        },
        ...filesOf(event),
      ]
    case 'guard.decided':
      return [
        {
          class_uid: 6003,
          activity_id: 99,
          status_id: 2,
          severity_id: event.body.decision === 'deny' ? 3 : 2,
          message: `${event.body.decision}: ${event.body.reason}`,
          fields: api(`policy:${event.body.rule}`),
        },
      ]
    case 'model.answered':
      return [
        {
          class_uid: 6003,
          activity_id: 2,
          status_id: 1,
          message: `model ${event.body.served ?? event.body.model} answered`,
          fields: api(`model:${event.body.model}`),
        },
      ]
    case 'model.failed':
      return [
        {
          class_uid: 6003,
          activity_id: 2,
          status_id: 2,
          severity_id: 2,
          message: event.body.message,
          fields: api('model'),
        },
      ]
    default:
      return [{ class_uid: 0, activity_id: 99, message: event.kind }]
  }
}

const api = (operation: string): { [key: string]: Json } => ({
  api: { operation, service: { name: 'cairn' } },
})

const commandOf = (args: Json): string =>
  typeof args === 'object' && args !== null && !Array.isArray(args) && typeof args['command'] === 'string'
    ? args['command']
    : ''

/** One event of the journal as events of OCSF 1.3 (https://schema.ocsf.io), with the whole of it in `unmapped`. */
function toOcsf(event: Event, session: string): { [key: string]: Json }[] {
  const severity = 1
  return map(event).map(({ class_uid, activity_id, status_id, severity_id, message, fields }) => ({
    activity_id,
    category_uid: categories[class_uid] ?? 0,
    class_uid,
    type_uid: class_uid * 100 + activity_id,
    time: event.time,
    severity_id: severity_id ?? severity,
    ...(status_id === undefined ? {} : { status_id }),
    message,
    metadata: {
      version: VERSION,
      product: { name: 'cairn', vendor_name: 'cairn' },
      log_name: 'journal',
      uid: `${session}/${event.seq}`,
      sequence: event.seq,
      correlation_uid: session,
      event_code: event.kind,
    },
    actor: { app_name: 'cairn', session: { uid: session } },
    device: { type_id: 0 },
    ...fields,
    // Bodies of events are JSON by the contract of the journal.
    unmapped: { turn: event.turn, step: event.step, body: event.body as Json },
  }))
}

/** Writes a session as JSON lines of OCSF. Does not end `out`. */
export async function exportOcsf(store: JournalStore, out: Writable): Promise<void> {
  for (const event of store.read()) {
    for (const line of toOcsf(event, store.sessionId)) {
      if (!out.write(`${JSON.stringify(line)}\n`)) await once(out, 'drain')
    }
  }
}
