import { escapeForDisplay } from '@cairn/guard'
import { loadOrCreateKey, readExportHeader, verifyLog, type EventBodies } from '@cairn/journal'
import { openSessions, prepareDataFolder, workspaceFolder } from '@cairn/server'
import { createHash } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Invocation } from '../command.ts'
import { convertSession, restoreSession } from '../import/make-session.ts'
import { readForeign, readOwnExport } from '../import/read-file.ts'
import { count, oneLine } from '../output/format.ts'
import { stringOption } from '../parse-command-line.ts'
import { UsageError } from '../usage-error.ts'

/** `cairn import FILE`: makes a session of what another program, or another machine, has written. */
export async function run({ io, values, positionals }: Invocation): Promise<number> {
  const path = resolve(io.cwd(), positionals[0] ?? '')
  const file = { path, ...(await digestOf(path)) }
  const sessions = openSessions(io.env)
  prepareDataFolder(sessions.dataDir)
  const key = loadOrCreateKey(sessions.dataDir)
  const given = stringOption(values, 'cwd')
  const header = await readExportHeader(path)
  const verdict = header === null ? null : await verdictOn(path, key.vkey, values['as-text'] === true)
  const trusted = verdict?.signed === true
  const whole = trusted && header?.blobs === true && values['as-text'] !== true && given === null
  const make = async () => {
    if (whole && header !== null)
      return restoreSession(file, { sessions, key, session: header.session, root: verdict.root })
    const found = header === null ? readForeign(path, file.bytes) : await readOwnExport(path, header.session)
    const cwd = workspaceFolder(resolve(io.cwd(), given ?? '.'))
    return convertSession(found, { file, trusted, sessions, key, env: io.env, cwd })
  }
  const done = await make()
  if (values['json'] === true) io.stdout.write(`${JSON.stringify(done)}\n`)
  else {
    const { id, imported } = done
    io.stdout.write(`${id}\n`)
    io.stderr.write(`${escapeForDisplay(describe(imported))}\ngo on with: cairn resume ${id} "<task>"\n`)
  }
  return 0
}

function describe({ agent, messages, answers, leftOut, trusted }: EventBodies['session.imported']): string {
  const what = `imported from ${oneLine(agent, 60)}: ${count(messages, 'message')}, ${count(answers, 'answer')}`
  const left = leftOut === 0 ? '' : `; left out: ${count(leftOut, 'thing')} that have no place here`
  return trusted
    ? `${what}${left}`
    : `${what}${left}\nIt may be of anybody, so nothing in it binds: say again what has to hold.`
}

async function digestOf(path: string): Promise<{ sha256: string; bytes: number }> {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) throw new UsageError(`there is no file ${path}`, 'Give the file of a session.')
  if (!stat.isFile()) throw new UsageError(`${path} is no file`, 'Give the file of a session.')
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return { sha256: hash.digest('hex'), bytes: stat.size }
}

/** Whether an export is signed to its end by this data folder's key. One that contradicts itself is refused, unless `anyway`. */
async function verdictOn(
  path: string,
  vkey: string,
  anyway: boolean,
): Promise<{ signed: boolean; root: string }> {
  const own = await verifyLog(path, { vkey })
  if (own.ok && own.unsigned === 0 && own.root !== null) return { signed: true, root: own.root }
  const plain = await verifyLog(path, { vkey: null })
  if (!plain.ok && !anyway)
    throw new UsageError(
      `${path} is not as it was exported: ${plain.problems[0]?.message ?? 'it is damaged'}`,
      'Get it anew; --as-text imports what can be read.',
    )
  return { signed: false, root: '' }
}
