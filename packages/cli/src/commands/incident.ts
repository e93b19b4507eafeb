import { createRedactor } from '@cairn/guard'
import {
  exportJsonl,
  loadOrCreateKey,
  proveEvent,
  readVkey,
  verifyLog,
  type Event,
  type JournalStore,
} from '@cairn/journal'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { arch, homedir, platform, release } from 'node:os'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { Invocation } from '../command.ts'
import { count } from '../output/format.ts'
import { stringOption } from '../parse-command-line.ts'
import { openSessions } from '@cairn/server'
import { UsageError } from '../usage-error.ts'
import { VERSION } from '../version.ts'

const sha256 = (content: string) => createHash('sha256').update(content).digest('hex')
const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`
const DECISIONS = new Set<Event['kind']>([
  'guard.decided',
  'approval.requested',
  'approval.granted',
  'approval.denied',
  'approval.expired',
  'approval.used',
  'gate.decided',
  'session.stopped',
])
/** Proofs for more would be larger than the export, which proves all of them. */
const MOST_PROOFS = 500

async function journalOf(store: JournalStore): Promise<string> {
  const stream = new PassThrough()
  const all = text(stream)
  await exportJsonl(store, stream)
  stream.end()
  return all
}

function proofsOf(store: JournalStore, decisions: readonly Event[]): unknown[] {
  const signed = store.checkpoints().at(-1)?.size ?? 0
  return decisions
    .filter(({ seq }) => seq <= signed)
    .slice(-MOST_PROOFS)
    .map(({ seq }) => proveEvent(store, seq))
}

/** Policy files as they are now; which policy decided then is in the journal, by its hash. */
async function policyNow(io: Invocation['io'], cwd: string): Promise<{ [file: string]: string | null }> {
  const { policyFiles } = await import('@cairn/guard')
  const files = Object.values(policyFiles(io.env, io.env['HOME'] ?? homedir(), cwd))
  return Object.fromEntries(files.map((file) => [file, existsSync(file) ? readFileSync(file, 'utf8') : null]))
}

/**
 * `cairn incident [ID] --out FILE`: the journal's export, its checkpoints, the decisions with their proofs, policy and
 * environment in one file, each with its hash, and a signature over the list of them. No values of the environment.
 */
export async function run({ io, values, positionals }: Invocation): Promise<number> {
  const out = stringOption(values, 'out')
  if (out === null) throw new UsageError('`cairn incident` needs a place to write to', 'Give --out FILE.')
  const sessions = openSessions(io.env)
  const session = sessions.need(positionals[0] ?? null, io.cwd())
  const key = loadOrCreateKey(sessions.dataDir)
  const redactor = createRedactor({
    registered: [],
    env: io.env,
    salt: key.sign(`cairn incident ${session.id}`),
  })
  const clean = (value: unknown) => redactor.redact(json(value)).text
  const verification = await verifyLog(sessions.path(session.id), { vkey: readVkey(sessions.dataDir) })
  const store = sessions.open(session.id)
  try {
    const events = [...store.read()]
    const decisions = events.filter(({ kind }) => DECISIONS.has(kind))
    const files: { [name: string]: string } = {
      'journal.jsonl': await journalOf(store),
      'checkpoints.json': json(store.checkpoints()),
      'decisions.json': json(decisions),
      'proofs.json': json(proofsOf(store, decisions)),
      'blobs.json': json([...store.listBlobs()]),
      'verification.json': json(verification),
      'policy.json': clean(await policyNow(io, session.cwd)),
      'environment.json': clean({
        cairn: VERSION,
        node: process.version,
        system: `${platform()} ${release()} ${arch()}`,
        // Names alone: what they hold is nobody's business.
        variables: Object.keys(io.env).toSorted(),
        facts: events.flatMap((event) => (event.kind === 'session.environment' ? [event.body.facts] : [])),
      }),
    }
    const manifest = json({
      session: session.id,
      created: new Date().toISOString(),
      files: Object.entries(files).map(([name, content]) => ({
        name,
        bytes: Buffer.byteLength(content),
        sha256: sha256(content),
      })),
    })
    const signature = Buffer.from(key.sign(manifest)).toString('base64')
    const pack = {
      format: 'cairn-incident',
      version: 1,
      manifest,
      signature,
      vkey: readVkey(sessions.dataDir),
      files,
    }
    writeFileSync(out, json(pack), { mode: 0o600 })
    io.stderr.write(`wrote ${count(Object.keys(files).length, 'part')} about ${session.id} to ${out}\n`)
  } finally {
    store.close()
  }
  return verification.ok ? 0 : 1
}
