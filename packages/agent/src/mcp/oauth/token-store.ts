import type { refreshAuthorization } from '@modelcontextprotocol/client'
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { z } from 'zod'

type RefreshOptions = Parameters<typeof refreshAuthorization>[1]

/** What a login at a server gave: everything that a request and a refresh need. All of it is secret. */
export interface Login {
  /** The address of the MCP server: nothing else is ever sent the access token. */
  server: string
  /** Who gave the tokens: nobody else is ever sent the refresh token. */
  authorizationServer: string
  metadata: NonNullable<RefreshOptions['metadata']> | null
  client: RefreshOptions['clientInformation']
  /** RFC 8707. */
  resource: string
  accessToken: string
  refreshToken: string | null
  scope: string | null
}

const shape = z.object({
  version: z.literal(1),
  server: z.string(),
  authorizationServer: z.string(),
  metadata: z.looseObject({}).nullable(),
  client: z.looseObject({ client_id: z.string() }),
  resource: z.string(),
  accessToken: z.string(),
  refreshToken: z.string().nullable(),
  scope: z.string().nullable(),
})

/** The logins of a person, one file for each server, readable by nobody else. */
export interface TokenStore {
  /** Null where there is none, or where the file is damaged: then a new login is needed. */
  read(server: string): Login | null
  write(login: Login): void
  /** Whether there was one. */
  remove(server: string): boolean
  /**
   * Runs while no other process does so for this server: a refresh token that is used twice may end the whole login. Whoever held it
   * and died is not waited for longer than half a minute.
   */
  alone<T>(server: string, work: () => Promise<T>): Promise<T>
}

const POLL_MS = 50
const STALE_MS = 30_000

function take(lock: string): boolean {
  try {
    writeFileSync(lock, '', { mode: 0o600, flag: 'wx' })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/** `dataDir` is hidden from everything that runs in the sandbox. */
export function openTokenStore(dataDir: string): TokenStore {
  const folder = join(dataDir, 'mcp-logins')
  const fileOf = (server: string) => join(folder, `${createHash('sha256').update(server).digest('hex')}.json`)
  return {
    read(server) {
      try {
        const parsed = shape.parse(JSON.parse(readFileSync(fileOf(server), 'utf8')))
        // The inner tables were written by `write` from values of these types.
        return parsed.server === server ? (parsed as unknown as Login) : null
      } catch {
        return null
      }
    },
    write(login) {
      const file = fileOf(login.server)
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
      const aside = `${file}.${randomBytes(6).toString('hex')}`
      writeFileSync(aside, `${JSON.stringify({ version: 1, ...login })}\n`, {
        mode: 0o600,
        flag: 'wx',
        flush: true,
      })
      renameSync(aside, file)
    },
    async alone(server, work) {
      const lock = `${fileOf(server)}.lock`
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      while (!take(lock)) {
        const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs
        if (since !== undefined && Date.now() - since > STALE_MS) rmSync(lock, { force: true })
        else await setTimeout(POLL_MS)
      }
      try {
        return await work()
      } finally {
        rmSync(lock, { force: true })
      }
    },
    remove(server) {
      try {
        rmSync(fileOf(server))
        return true
      } catch {
        return false
      }
    },
  }
}

/** Values of a login that must never be seen. */
export const loginSecrets = ({ accessToken, refreshToken, client }: Login): string[] =>
  [accessToken, refreshToken, 'client_secret' in client ? client.client_secret : null].filter(
    (value): value is string => typeof value === 'string' && value !== '',
  )
