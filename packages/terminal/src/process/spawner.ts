import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { Socket } from 'node:net'
import { runScript, serveScript, startScript } from './start-order.ts'
import type { StartOrder } from './start-order.ts'

/** What became of an order. */
interface StartReport {
  started(pid: number): void
  exited(code: number): void
  /** Not started, and never will be once the names of its streams are gone. */
  refused(): void
}

/** Starts processes from a small helper. */
export interface Spawner {
  /** Null: this order has to be started directly. Else what to call once nothing more is to be reported. */
  start(order: StartOrder, report: StartReport): (() => void) | null
  /** Ends the helper and all that it has started. */
  close(): Promise<void>
}

/** Beyond this many bytes of order a direct start is no slower. */
const longest = 128 * 1024

/**
 * A shell of three megabytes that starts processes for this one, from the first order on: a fork copies the page tables
 * of the whole process, which takes a large one several milliseconds during which nothing else happens in it. All that
 * the shell has started ends with this process, also where that is killed. `onGone` is called once if the shell cannot be
 * started or dies, before open orders are refused.
 */
export const createSpawner = (options: { bash: string; onGone: () => void }): Spawner => {
  const orders = new Map<number, StartReport>()
  let helper: ChildProcess | null = null
  let ended: Promise<void> | null = null
  let gone = false
  let closed = false
  let count = 0
  let known = ''

  const lose = () => {
    if (gone) return
    gone = true
    options.onGone()
    for (const report of orders.values()) report.refused()
  }

  const open = (): ChildProcess => {
    const child = spawn(options.bash, ['--norc', '--noprofile', '-c', serveScript], {
      cwd: '/',
      env: {},
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    ended = new Promise((resolve) => {
      child.on('error', () => (lose(), resolve()))
      child.on('exit', () => (lose(), resolve()))
    })
    child.stdin.on('error', () => {})
    child.stdout.on('error', () => {})
    child.stdout.setEncoding('latin1').on('data', reader(orders))
    keepAlive(child, false)
    return child
  }

  return {
    start(order, report) {
      if (gone || closed) return null
      const id = count++
      // A sandbox that is started ahead is the same each time: the shell keeps it, and is told only its streams.
      const kept = order.command === null ? null : `launch() { ${runScript(order.launch)}; }\n`
      const text = startScript(id, order, kept === null ? runScript(order.launch) : 'launch')
      if (text === null) return null
      const bytes = Buffer.from(kept === null || kept === known ? text : kept + text)
      if (bytes.length > longest || bytes.includes(0)) return null
      if (kept !== null) known = kept
      helper ??= open()
      orders.set(id, report)
      helper.stdin?.write(Buffer.concat([Buffer.from(String(bytes.length).padStart(8, '0')), bytes]))
      return () => void orders.delete(id)
    },
    async close() {
      closed = true
      if (helper === null) return
      keepAlive(helper, true)
      helper.stdin?.end()
      await ended
    },
  }
}

/** Waiting for orders or reports is no reason for this process to go on. */
const keepAlive = (child: ChildProcess, value: boolean) => {
  for (const handle of [child, child.stdin, child.stdout]) {
    if (handle !== child && !(handle instanceof Socket)) continue
    if (value) handle.ref()
    else handle.unref()
  }
}

const reader = (orders: Map<number, StartReport>) => {
  let begun = ''
  return (text: string) => {
    const lines = (begun + text).split('\n')
    begun = lines.pop() ?? ''
    for (const line of lines) {
      const [kind, id = '', value = ''] = line.split(' ')
      const report = orders.get(Number(id))
      if (kind === 's') report?.started(Number(value))
      else if (kind === 'e') report?.exited(Number(value))
      else if (kind === 'f') report?.refused()
    }
  }
}
