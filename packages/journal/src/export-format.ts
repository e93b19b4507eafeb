import type { RawEvent } from './event-leaf.ts'

/** `format` of the header line. */
const exportFormat = 'cairn-journal'
const exportVersion = 1

/** First line of an export. */
export interface ExportHeader {
  session: string
  /** Number of event lines. */
  events: number
  /** Whether blob lines follow the events. */
  blobs: boolean
}

/** One line with bytes of a blob, or with the note that they were erased. */
export type BlobLine =
  | { sha256: string; bytes: number; index: number; data: Uint8Array }
  | { sha256: string; bytes: number; erased: string }

// Every line has exactly one spelling: a changed byte either breaks the pattern or changes what is verified.
export const headerLine = ({ session, events, blobs }: ExportHeader): string =>
  JSON.stringify({ format: exportFormat, version: exportVersion, session, events, blobs })

/** The body goes in as it was hashed, not as it would be written again. */
export function eventLine({ seq, time, turn, step, kind, leaf, body }: RawEvent): string {
  const head = `{"seq":${seq},"time":${time},"turn":${turn},"step":${step},"kind":"${kind}"`
  return `${head},"leaf":"${Buffer.from(leaf).toString('hex')}","body":${Buffer.from(body).toString('utf8')}}`
}

export const blobLine = (line: BlobLine): string =>
  'data' in line
    ? JSON.stringify({
        blob: line.sha256,
        bytes: line.bytes,
        index: line.index,
        data: Buffer.from(line.data).toString('base64'),
      })
    : JSON.stringify({ blob: line.sha256, bytes: line.bytes, erased: line.erased })

/** Last line of an export; null where nothing was ever signed. */
export const checkpointLine = (note: string | null): string => JSON.stringify({ checkpoint: note })

const eventPattern =
  /^\{"seq":(\d{1,16}),"time":(\d{1,16}),"turn":(\d{1,16}),"step":(\d{1,16}),"kind":"([a-z0-9.-]{1,100})","leaf":"([0-9a-f]{64})","body":/

/** Reads an event line, body bytes untouched; null where it is none. */
export function parseEventLine(line: Buffer): RawEvent | null {
  const match = eventPattern.exec(line.toString('latin1', 0, 400))
  if (match === null || line.at(-1) !== 0x7d) return null
  const [prefix, seq = '', time = '', turn = '', step = '', kind = '', leaf = ''] = match
  const numbers = [seq, time, turn, step]
  if (numbers.some((digits) => String(Number(digits)) !== digits)) return null
  return {
    seq: Number(seq),
    time: Number(time),
    turn: Number(turn),
    step: Number(step),
    kind,
    leaf: Buffer.from(leaf, 'hex'),
    body: line.subarray(prefix.length, -1),
  }
}

function parseObject(line: string): Map<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null
      ? new Map<string, unknown>(Object.entries(value))
      : null
  } catch {
    return null
  }
}

/** Reads a header line; null where it is none, or of another version. */
export function parseHeaderLine(line: string): ExportHeader | null {
  const fields = parseObject(line)
  const session = fields?.get('session')
  const events = fields?.get('events')
  const blobs = fields?.get('blobs')
  if (typeof session !== 'string' || typeof events !== 'number' || typeof blobs !== 'boolean') return null
  const header = { session, events, blobs }
  return headerLine(header) === line ? header : null
}

/** Reads a blob line; null where it is none. */
export function parseBlobLine(line: string): BlobLine | null {
  const fields = parseObject(line)
  const sha256 = fields?.get('blob')
  const bytes = fields?.get('bytes')
  const index = fields?.get('index')
  const data = fields?.get('data')
  const erased = fields?.get('erased')
  if (typeof sha256 !== 'string' || typeof bytes !== 'number') return null
  let parsed: BlobLine | null = null
  if (typeof erased === 'string') parsed = { sha256, bytes, erased }
  else if (typeof data === 'string' && typeof index === 'number') {
    parsed = { sha256, bytes, index, data: Buffer.from(data, 'base64') }
  }
  return parsed !== null && blobLine(parsed) === line ? parsed : null
}

/** Reads the last line: the note, null for an unsigned log, or undefined where the line is none. */
export function parseCheckpointLine(line: string): string | null | undefined {
  const note = parseObject(line)?.get('checkpoint')
  if (typeof note !== 'string' && note !== null) return undefined
  return checkpointLine(note) === line ? note : undefined
}
