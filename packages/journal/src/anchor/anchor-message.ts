import { createHmac } from 'node:crypto'
import { parseCheckpoint } from '../checkpoint.ts'

/** A checkpoint on its way to where it is kept. */
export interface Anchor {
  session: string
  note: string
  /** Milliseconds since the epoch. */
  time: number
  host: string
  pid: number
}

const facts = ({ session, note }: Anchor) => {
  const { size, root } = parseCheckpoint(note) ?? { size: 0, root: '' }
  return { session, size, root, checkpoint: note }
}

/** As JSON: the line of a file, and the body of a webhook. */
export const anchorJson = (anchor: Anchor): string =>
  JSON.stringify({
    format: 'cairn-anchor',
    version: 1,
    time: new Date(anchor.time).toISOString(),
    ...facts(anchor),
  })

const param = (value: string) => value.replace(/["\\\]]/gu, (char) => `\\${char}`)

/** As a message of RFC 5424, facility 13 (log audit), severity 6; the checkpoint goes with it as base64url. */
export function anchorSyslog(anchor: Anchor): string {
  const { session, size, root, checkpoint } = facts(anchor)
  const host = anchor.host.replace(/[^!-~]/gu, '').slice(0, 255) || '-'
  const data = `[cairn@32473 session="${param(session)}" size="${size}" root="${root}" note="${Buffer.from(checkpoint).toString('base64url')}"]`
  return `<110>1 ${new Date(anchor.time).toISOString()} ${host} cairn ${anchor.pid} checkpoint ${data} checkpoint of session ${session} at ${size} events`
}

/** As an export request for logs of OTLP/HTTP with JSON. */
export function anchorOtlp(anchor: Anchor): string {
  const { session, size, root, checkpoint } = facts(anchor)
  const text = (key: string, value: string) => ({ key, value: { stringValue: value } })
  const nano = `${anchor.time}000000`
  const record = {
    timeUnixNano: nano,
    observedTimeUnixNano: nano,
    severityNumber: 9,
    severityText: 'INFO',
    body: { stringValue: `checkpoint of session ${session} at ${size} events` },
    attributes: [
      text('event.name', 'cairn.checkpoint'),
      text('cairn.session', session),
      { key: 'cairn.size', value: { intValue: String(size) } },
      text('cairn.root', root),
      text('cairn.checkpoint', checkpoint),
    ],
  }
  return JSON.stringify({
    resourceLogs: [
      {
        resource: { attributes: [text('service.name', 'cairn'), text('host.name', anchor.host)] },
        scopeLogs: [{ scope: { name: 'cairn.journal' }, logRecords: [record] }],
      },
    ],
  })
}

/** `t=SECONDS,v1=HEX`: HMAC-SHA-256 over `SECONDS.BODY`, so that a recorded request cannot be sent again later. */
export function webhookSignature(secret: string, time: number, body: string): string {
  const seconds = Math.floor(time / 1000)
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`
}
