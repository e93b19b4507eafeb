import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { closeSync, openSync, readlinkSync } from 'node:fs'
import { Server } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { FindTool } from './backend.ts'

/** A network of its own for all commands of a session: a loopback interface and nothing else. */
export interface SessionNetwork {
  /** Program and arguments to put in front of a launcher, so that it starts in this network. */
  enter: readonly string[]
  /** Takes connections on the loopback interface of this network, if one was asked for. */
  listener: { server: Server; port: number } | null
  close(): void
}

/** What the helper inside tells: its number on the host, and with a listener its port. */
interface Greeting {
  pid: number
  port: number | null
  server: Server | null
}

const waitMs = 10_000

/**
 * Starts a helper in new namespaces, keeps these open by their files and lets the helper go: the network lives as long as
 * this process has it open. A listener is made by the helper and handed over, so that nothing in the sandbox stands between
 * a command and the proxy, and no socket of the host is shown inside. Null where this machine cannot do it.
 */
export const openSessionNetwork = async (
  find: FindTool,
  wantsListener: boolean,
): Promise<SessionNetwork | null> => {
  const nsenter = find('nsenter')
  if (nsenter === null) return null
  for (const holder of holders(find)) {
    const child = start(holder, wantsListener)
    const greeting = await greet(child, wantsListener)
    const network = greeting === null ? null : hold(nsenter, greeting)
    if (child.connected) child.disconnect()
    child.stdin?.destroy()
    if (network !== null) return network
    greeting?.server?.close()
    child.kill('SIGKILL')
  }
  return null
}

/** Commands that run their arguments in a new network whose loopback interface is up, the likeliest first. */
const holders = (find: FindTool): string[][] => {
  const [bwrap, unshare, perl, ip] = [find('bwrap'), find('unshare'), find('perl'), find('ip')]
  const list: string[][] = []
  const root = process.getuid?.() === 0
  const shell = ['--unshare-net', '--die-with-parent', '--dev-bind', '/', '/', '--']
  // Root with all capabilities needs no user namespace for it; then no command owns the network in any way.
  if (bwrap !== null && root) list.push([bwrap, ...shell])
  if (bwrap !== null) list.push([bwrap, '--unshare-user', ...shell])
  if (unshare === null) return list
  const up =
    perl !== null
      ? [
          perl,
          '-e',
          'socket my $s, 2, 2, 0; my $up = pack "a16 s x22", "lo", 0x41; ioctl $s, 0x8914, $up; exec @ARGV',
        ]
      : ip !== null
        ? ['/bin/sh', '-c', '"$0" link set lo up; exec "$@"', ip]
        : null
  if (up === null) return list
  if (root) list.push([unshare, '--net', '--', ...up])
  list.push([unshare, '--user', '--map-root-user', '--net', '--', ...up])
  return list
}

const listenScript = `const server = require('node:net').createServer()
server.listen(0, '127.0.0.1', () => process.send({ pid: process.pid, port: server.address().port }, server))
process.on('disconnect', () => process.exit())`

const start = (holder: readonly string[], wantsListener: boolean): ChildProcess => {
  const inside = wantsListener
    ? [process.execPath, '-e', listenScript]
    : ['/bin/sh', '-c', 'echo $$; read -r line']
  const [file = '', ...args] = [...holder, ...inside]
  return spawn(file, args, {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin' },
    stdio: wantsListener ? ['pipe', 'ignore', 'ignore', 'ipc'] : ['pipe', 'pipe', 'ignore'],
  })
}

const greet = (child: ChildProcess, wantsListener: boolean): Promise<Greeting | null> =>
  new Promise((resolve) => {
    const finish = (greeting: Greeting | null) => {
      clearTimeout(timer)
      resolve(greeting)
    }
    const timer = setTimeout(() => finish(null), waitMs)
    child.on('error', () => finish(null))
    child.on('exit', () => finish(null))
    child.stdin?.on('error', () => {})
    if (wantsListener)
      child.on('message', (message, handle) => {
        const pid = isRecord(message) ? Number(message['pid']) : 0
        if (!(handle instanceof Server) || !(pid > 0)) return finish(null)
        const address = handle.address()
        const port = isAddress(address) ? address.port : Number(isRecord(message) ? message['port'] : 0)
        finish({ pid, port, server: handle })
      })
    else
      child.stdout?.once('data', (chunk: Buffer) => {
        const pid = Number(chunk.toString('latin1').trim())
        finish(pid > 0 ? { pid, port: null, server: null } : null)
      })
  })

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

const isAddress = (value: AddressInfo | string | null): value is AddressInfo =>
  typeof value === 'object' && value !== null

/** Opens the namespaces of the helper; null unless its network is another one than ours. */
const hold = (nsenter: string, { pid, port, server }: Greeting): SessionNetwork | null => {
  const opened: number[] = []
  const close = () => {
    for (const fd of opened.splice(0)) closeSync(fd)
    server?.close()
  }
  try {
    const open = (name: 'net' | 'user') => {
      const fd = openSync(`/proc/${pid}/ns/${name}`, 'r')
      opened.push(fd)
      const isOurs = readlinkSync(`/proc/self/fd/${fd}`) === readlinkSync(`/proc/self/ns/${name}`)
      return { isOurs, path: `/proc/${process.pid}/fd/${fd}` }
    }
    const [net, user] = [open('net'), open('user')]
    if (net.isOurs) {
      close()
      return null
    }
    // A listener is no reason for this process to go on.
    server?.unref()
    return {
      enter: [
        nsenter,
        ...(user.isOurs ? [] : [`--user=${user.path}`, '--preserve-credentials']),
        `--net=${net.path}`,
      ],
      listener: server === null || port === null ? null : { server, port },
      close,
    }
  } catch {
    close()
    return null
  }
}
