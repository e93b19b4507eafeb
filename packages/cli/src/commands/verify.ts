import { escapeForDisplay } from '@cairn/guard'
import { readVkey } from '@cairn/journal'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Invocation } from '../command.ts'
import { stringOption } from '../parse-command-line.ts'
import { openSessions } from '@cairn/server'
import { UsageError } from '../usage-error.ts'

function read(cwd: string, name: string): Buffer {
  const path = resolve(cwd, name)
  if (!existsSync(path)) throw new UsageError(`there is no ${path}`, 'Give the path of a file.')
  return readFileSync(path)
}

/** `cairn verify [COMMIT]`: 0 where every statement holds, 1 where one does not or there is none. */
export async function run({ io, values, positionals }: Invocation): Promise<number> {
  const { readNote, resolveCommit, verifyAttestation } = await import('@cairn/review/attest')
  const cwd = io.cwd()
  const file = stringOption(values, 'file')
  const bare = values['no-repository'] === true
  if (bare && file === null)
    throw new UsageError('without a repository there is no git note', 'Give the statement with --file.')
  const keyWord = stringOption(values, 'key')
  const vkey =
    keyWord === null
      ? readVkey(openSessions(io.env).dataDir)
      : existsSync(resolve(cwd, keyWord))
        ? read(cwd, keyWord).toString('utf8').trim()
        : keyWord
  if (vkey === null)
    throw new UsageError('verifying needs the public key', 'Give it with --key: the line in journal.vkey.')
  const named = positionals[0] !== undefined || file === null
  const commit = bare || !named ? null : await resolveCommit(cwd, positionals[0] ?? 'HEAD')
  const text = file === null ? await readNote(cwd, commit ?? '') : read(cwd, file).toString('utf8')
  if (text === null) {
    io.stderr.write(`✗ commit ${commit?.slice(0, 12) ?? ''} has no statement in refs/notes/cairn\n`)
    return 1
  }
  const lines = text.endsWith('\n') ? text.slice(0, -1).split('\n') : [text]
  const patch = stringOption(values, 'patch')
  const journal = stringOption(values, 'journal')
  const policies = (stringOption(values, 'policy') ?? '').split(',').filter(Boolean)
  let good = true
  for (const line of lines) {
    const verdict = await verifyAttestation({
      line,
      vkey,
      ...(bare ? {} : { cwd }),
      ...(commit === null ? {} : { commit }),
      ...(patch === null ? {} : { patch: read(cwd, patch) }),
      ...(policies.length === 0 ? {} : { policies: policies.map((one) => read(cwd, one)) }),
      ...(journal === null
        ? {}
        : {
            journal: {
              path: resolve(cwd, journal),
              sessionId: sessionOf(line, read(cwd, journal).subarray(0, 15)),
            },
          }),
    })
    good &&= verdict.ok
    if (values['json'] === true) io.stdout.write(`${JSON.stringify(verdict)}\n`)
    else if (verdict.ok) {
      const { session, model, gate, labels } = verdict.statement.predicate
      const served = model.served.map((one) => one.model).join(', ')
      io.stdout.write(
        escapeForDisplay(
          `✓ the statement of ${session} holds (${verdict.checked.join(', ')})\n  model ${served}; gate ${gate === null ? 'not asked' : gate.accepted ? 'accepted' : 'refused'}; untrusted text ${labels.untrusted === null ? 'none' : 'was read'}\n`,
        ),
      )
    } else io.stdout.write(escapeForDisplay(`✗ ${verdict.part}: ${verdict.reason}\n`))
  }
  return good ? 0 : 1
}

/** The session that a store has to be opened as; an export is checked as a log only, and needs none. */
function sessionOf(line: string, start: Buffer): string | null {
  if (start.toString('latin1') !== 'SQLite format 3') return null
  try {
    const envelope: unknown = JSON.parse(line)
    const payload =
      typeof envelope === 'object' && envelope !== null && 'payload' in envelope ? envelope.payload : ''
    const session = /"session":"([\w-]+)"/.exec(Buffer.from(String(payload), 'base64').toString('utf8'))?.[1]
    return session ?? null
  } catch {
    return null
  }
}
