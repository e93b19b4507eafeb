import { Unzip, UnzipInflate } from 'fflate'
import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { ReviewError } from '../review-error.ts'

/** One text of a database: a record, or a list of them. `text` is null where it is larger than is read. */
export interface RecordText {
  source: string
  text: string | null
}

/** Bytes of one record. */
const MOST_RECORD = 16 << 20
/** Bytes of a file that holds many. */
const MOST_FILE = 1 << 30

/**
 * Reads an OSV database: a folder of JSON files, a JSON file with one or many records, JSON lines, or the `all.zip` of an ecosystem.
 * Throws `ReviewError` `bad-database` where the path holds none of these.
 */
export async function* readRecords(path: string): AsyncIterable<RecordText> {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined)
    throw new ReviewError(
      'bad-database',
      `There is no ${path}`,
      'Give a folder, a JSON file or an all.zip of OSV.',
    )
  if (stat.isDirectory()) yield* readFolder(path)
  else if (path.endsWith('.zip')) yield* readZip(path)
  else if (/\.(?:jsonl|ndjson)$/.test(path)) {
    let number = 0
    for await (const line of createInterface({ input: createReadStream(path, 'utf8') })) {
      number += 1
      if (line.trim() !== '') yield { source: `${path}:${number}`, text: line }
    }
  } else yield { source: path, text: stat.size > MOST_FILE ? null : readFileSync(path, 'utf8') }
}

async function* readFolder(folder: string): AsyncIterable<RecordText> {
  for (const entry of readdirSync(folder, { withFileTypes: true }).toSorted((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* readFolder(path)
    else if (entry.isFile() && /\.(?:json|jsonl|ndjson|zip)$/.test(entry.name)) yield* readRecords(path)
  }
}

/** Nothing is written to disk, so names inside lead nowhere; what is larger than a record can be is not unpacked further. */
async function* readZip(path: string): AsyncIterable<RecordText> {
  const done: RecordText[] = []
  let files = 0
  const unzip = new Unzip((file) => {
    if (!file.name.endsWith('.json')) return
    files += 1
    const source = `${path}!${file.name}`
    const chunks: Buffer[] = []
    let size = 0
    file.ondata = (error, chunk, final) => {
      if (error !== null) throw error
      size += chunk.length
      if (size > MOST_RECORD) {
        if (chunks.length > 0 || size - chunk.length <= MOST_RECORD) done.push({ source, text: null })
        chunks.length = 0
        file.terminate()
        return
      }
      chunks.push(Buffer.from(chunk))
      if (final) done.push({ source, text: Buffer.concat(chunks).toString('utf8') })
    }
    file.start()
  })
  unzip.register(UnzipInflate)
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 16 })) {
      unzip.push(chunk as Uint8Array)
      yield* done.splice(0)
    }
    unzip.push(new Uint8Array(0), true)
    yield* done.splice(0)
  } catch (error) {
    throw new ReviewError(
      'bad-database',
      `${path} cannot be unpacked: ${error instanceof Error ? error.message : String(error)}`,
      'Get it again; it seems cut off or damaged.',
      { cause: error },
    )
  }
  if (files === 0)
    throw new ReviewError(
      'bad-database',
      `${path} holds no JSON file`,
      'Give the all.zip of an ecosystem of OSV.',
    )
}
