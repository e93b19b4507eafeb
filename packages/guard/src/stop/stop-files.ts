import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'

/** Why a session has to stand still. */
export interface StopOrder {
  file: string
  by: string
  reason: string
  /** Only a person with rights on this machine can lift it. */
  managed: boolean
}

/** While this file exists nothing runs on this machine. No variable moves it: whoever could set it could lift the stop. */
export const managedStopFile = '/etc/cairn/stop'

const folderOf = (dataDir: string) => join(dataDir, 'stops')
const ALL = 'all'
const largest = 4_096

const fileOf = (dataDir: string, session: string | null): string => {
  if (session !== null && !/^[A-Za-z0-9][\w.-]{0,127}$/u.test(session))
    throw new Error(`bad session id ${session}`)
  return join(folderOf(dataDir), session === null ? ALL : `s-${session}`)
}

/** Stops a session, or with null every session that runs now. The order stays until it is lifted. */
export function orderStop(
  dataDir: string,
  session: string | null,
  order: { by: string; reason: string },
): void {
  mkdirSync(folderOf(dataDir), { recursive: true, mode: 0o700 })
  const file = fileOf(dataDir, session)
  const aside = `${file}.${randomBytes(6).toString('hex')}`
  writeFileSync(aside, JSON.stringify(order), { mode: 0o600, flag: 'wx', flush: true })
  renameSync(aside, file)
}

/** Lets a session go on. Orders of the managed file stay. */
export function liftStop(dataDir: string, session: string): void {
  rmSync(fileOf(dataDir, session), { force: true })
}

/** The order that holds for a session, or null. `since`: when it was opened, in milliseconds since the epoch. */
export function findStop(
  dataDir: string,
  session: string,
  since: number,
  managed: string = managedStopFile,
): StopOrder | null {
  return (
    readOrder(managed, true, 0) ??
    readOrder(fileOf(dataDir, session), false, 0) ??
    readOrder(fileOf(dataDir, null), false, since)
  )
}

/** Any file counts, whatever is in it: a stop must not fail on its form. One that cannot be looked at counts too. */
function readOrder(file: string, managed: boolean, since: number): StopOrder | null {
  let text = ''
  try {
    const stat = statSync(file)
    // What was ordered for all before a session was opened was not about it.
    if (stat.mtimeMs < since) return null
    if (stat.isFile() && stat.size <= largest) text = readFileSync(file, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
  }
  const fallback = { file, by: managed ? 'administrator' : 'unknown', reason: text.trim(), managed }
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed !== 'object' || parsed === null) return fallback
    const { by, reason } = { by: fallback.by, reason: '', ...parsed }
    return { file, managed, by: String(by), reason: String(reason) }
  } catch {
    return fallback
  }
}
