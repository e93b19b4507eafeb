import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool, type PoolClient, type QueryResultRow } from 'pg'
import { CampaignError } from '../errors.ts'

/** Runs statements of one transaction. A statement with values is prepared once for each connection. */
export interface Query {
  rows<R extends QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<R[]>
  /** How many rows it changed. Without `values` the text may hold several statements. */
  run(sql: string, values?: readonly unknown[]): Promise<number>
}

export interface Connection {
  /** One transaction. Repeated where the server went away or two were in each other's way: the work has to bear that. */
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>
  /** One statement on its own. */
  query: Query
  close(): Promise<void>
}

/** How long a server may be away (milliseconds) before it is given up. */
const PATIENCE_MS = 120_000
const MAX_WAIT_MS = 2_000
/** A process that is paused inside of a transaction must not hold for ever what others wait for. */
const MAX_IDLE_MS = 15_000
/** Deadlock and lost race: the server has undone the whole transaction. */
const AGAIN = /^40(?:001|P01)$/u
/** The last one: the server has given up a transaction whose process was paused. */
const GONE = /^(?:ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|57P0[123]|08\w{3}|25P03)$/u

/** Whether the server is away, so that the same may be tried again. */
function isGone(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof AggregateError && error.errors.some(isGone)) return true
  const code: unknown = Reflect.get(error, 'code')
  if (typeof code === 'string' && GONE.test(code)) return true
  return /Connection terminated|Client has encountered a connection error|server closed the connection|timeout exceeded when trying to connect/u.test(
    error.message,
  )
}

const isAgain = (error: unknown): boolean => {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : null
  return typeof code === 'string' && AGAIN.test(code)
}

const names = new Map<string, string>()

/** A name for a statement: the server plans it once and finds it again by that. */
function nameOf(sql: string): string {
  const name = names.get(sql) ?? createHash('sha256').update(sql).digest('base64url').slice(0, 24)
  names.set(sql, name)
  return name
}

const queryOf = (client: Pick<PoolClient, 'query'>): Query => {
  const send = <R extends QueryResultRow>(text: string, values: readonly unknown[] | undefined) =>
    values === undefined
      ? client.query<R>(text)
      : client.query<R>({ name: nameOf(text), text, values: [...values] })
  return {
    rows: async <R extends QueryResultRow>(sql: string, values?: readonly unknown[]) =>
      (await send<R>(sql, values)).rows,
    run: async (sql, values) => (await send(sql, values)).rowCount ?? 0,
  }
}

/** Connects when it is first used. Waits for a server that restarts. `maxIdleMs`: pause of a transaction before it is undone. */
export function connectPostgres(url: string, maxIdleMs = MAX_IDLE_MS): Connection {
  const pool = new Pool({ connectionString: url, max: 4, connectionTimeoutMillis: 10_000, keepAlive: true })
  // An idle connection that breaks is replaced at the next use.
  pool.on('error', () => undefined)
  const patiently = async <T>(work: () => Promise<T>): Promise<T> => {
    const deadline = performance.now() + PATIENCE_MS
    for (let wait = 100; ; wait = Math.min(MAX_WAIT_MS, wait * 2)) {
      try {
        return await work()
      } catch (error) {
        if (isAgain(error)) continue
        if (!isGone(error)) throw error
        if (performance.now() >= deadline)
          throw new CampaignError(
            'fleet',
            `The database of the fleet cannot be reached: ${error instanceof Error ? error.message : String(error)}`,
            'Start it, then resume the campaign: nothing is lost.',
            { cause: error },
          )
        await sleep(wait)
      }
    }
  }
  const direct = queryOf(pool)
  return {
    transaction: (work) =>
      patiently(async () => {
        const client = await pool.connect()
        // Without a listener a connection that breaks in between would end the process.
        const ignore = () => undefined
        client.on('error', ignore)
        let broken = false
        try {
          await client.query(`BEGIN; SET LOCAL idle_in_transaction_session_timeout = ${maxIdleMs}`)
          const result = await work(queryOf(client))
          await client.query('COMMIT')
          return result
        } catch (error) {
          broken = isGone(error)
          if (!broken) await client.query('ROLLBACK').catch(() => (broken = true))
          throw error
        } finally {
          client.off('error', ignore)
          client.release(broken)
        }
      }),
    query: {
      rows: (sql, values) => patiently(() => direct.rows(sql, values)),
      run: (sql, values) => patiently(() => direct.run(sql, values)),
    },
    close: () => pool.end(),
  }
}
