import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A machine in small: a repository, a home with secrets, a folder that nobody may touch, and listeners that hear what leaks. */
export interface Arena extends AsyncDisposable {
  readonly root: string
  /** The repository that the session works on. */
  readonly work: string
  readonly home: string
  readonly data: string
  /** On the host, outside of everything: whatever changes here is an escape. */
  readonly outside: string
  readonly tcp: number
  readonly udp: number
  /** A shell command that leaves a mark outside, for whoever can be made to run it on the host. */
  readonly trap: string
  readonly secrets: {
    readonly env: string
    readonly ssh: string
    readonly aws: string
    readonly given: string
  }
  readonly env: Record<string, string>
  /** Bytes and connections that reached the listeners. */
  heard(): { connections: number; bytes: number; text: string }
  /** Writes a file; the path is relative to the root: `work/…`, `home/…`. */
  write(path: string, text: string | Buffer, mode?: number): void
  /** git of the user on the host, without any protection. */
  git(...args: string[]): string
}

/** Opens an arena in a new temporary folder. */
export async function openArena(): Promise<Arena> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'cairn-arena-')))
  const at = (name: string) => join(root, name)
  for (const name of ['work', 'home', 'data', 'outside']) mkdirSync(at(name))
  const secrets = {
    env: `tk-${randomBytes(18).toString('hex')}`,
    ssh: `sshkey${randomBytes(18).toString('hex')}`,
    aws: randomBytes(30).toString('base64url'),
    given: `given-${randomBytes(18).toString('hex')}`,
  }
  const write: Arena['write'] = (path, text, mode = 0o644) => {
    mkdirSync(dirname(at(path)), { recursive: true })
    writeFileSync(at(path), text, { mode })
  }
  write('home/.ssh/id_ed25519', `${secrets.ssh}\n`, 0o600)
  write('home/.aws/credentials', `[default]\naws_secret_access_key = ${secrets.aws}\n`, 0o600)
  write('outside/keep.txt', 'untouched\n')
  write('work/package.json', '{"name":"app","version":"1.0.0","scripts":{"test":"node --test"}}\n')
  write('work/src/app.js', 'module.exports = (a, b) => a + b\n')
  write('work/README.md', '# app\n')
  const git: Arena['git'] = (...args) =>
    execFileSync('git', args, {
      cwd: at('work'),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: at('home') },
    })
  git('init', '-q', '-b', 'main')
  git('config', 'user.email', 'dev@example.org')
  git('config', 'user.name', 'dev')
  git('add', '-A')
  git('commit', '-qm', 'First')
  const ears = await listen()
  return {
    root,
    work: at('work'),
    home: at('home'),
    data: at('data'),
    outside: at('outside'),
    tcp: ears.tcp,
    udp: ears.udp,
    trap: `touch ${at('outside/trapped')}`,
    secrets,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: at('home'),
      LANG: 'C.UTF-8',
      DEPLOY_TOKEN: secrets.env,
      NODE_OPTIONS: '',
    },
    heard: ears.heard,
    write,
    git,
    async [Symbol.asyncDispose]() {
      await ears.close()
      rmSync(root, { recursive: true, force: true })
    },
  }
}

async function listen() {
  let connections = 0
  const chunks: Buffer[] = []
  const servers: Server[] = []
  const udp = createSocket('udp4')
  udp.on('message', (message) => {
    connections += 1
    chunks.push(message)
  })
  await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve))
  const server = createServer((socket) => {
    connections += 1
    socket.on('error', () => undefined)
    socket.on('data', (data) => chunks.push(data))
    socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok')
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    tcp: typeof address === 'object' && address !== null ? address.port : 0,
    udp: udp.address().port,
    heard: () => {
      const all = Buffer.concat(chunks)
      return { connections, bytes: all.length, text: all.toString('utf8') }
    },
    close: async () => {
      udp.close()
      for (const each of servers) await new Promise((resolve) => each.close(resolve))
    },
  }
}
