/**
 * Ends a process at its k-th durable operation: `node --import fault-point.ts program.ts` with `CAIRN_TEST_FAULT`. Operations
 * are starts of git, writes to a database, and files that are made or removed. The file `fired` makes it happen once, however
 * many processes are told to.
 */
import childProcess, { type ChildProcess } from 'node:child_process'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { DatabaseSync, StatementSync } from 'node:sqlite'

/** Where and how a process is ended. */
export interface Fault {
  /** Part of the program's file name. */
  program: string
  /** From 1. */
  at: number
  /**
   * `before` the operation; `during`: a git has been started, and goes on; `git`: the git alone is ended. The last two pass
   * over what is no git.
   */
  how: 'before' | 'during' | 'git'
  /** Written, with what it was, when it happens. */
  fired: string
}

const text = process.env['CAIRN_TEST_FAULT']
// Written by tests alone.
const fault = text === undefined ? null : (JSON.parse(text) as Fault)
const isMeant =
  fault !== null && process.argv[1]?.includes(fault.program) === true && !fs.existsSync(fault.fired)
const { writeFileSync } = fs
let count = 0

/** Counts one operation; true where the fault is here. */
function isHere(what: string): boolean {
  if (fault === null || ++count !== fault.at || fs.existsSync(fault.fired)) return false
  writeFileSync(fault.fired, what)
  return true
}
const die = (): never => {
  process.kill(process.pid, 'SIGKILL')
  // The signal arrives at once, but not before this returns.
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000)
}

/** Replaces a function by one that is asked first. */
function wrap<T extends object, K extends keyof T>(
  owner: T,
  name: K,
  ask: (args: unknown[], self: unknown) => void,
) {
  const original = owner[name]
  if (typeof original !== 'function') throw new Error(`${String(name)} is no function`)
  const wrapped = function (this: unknown, ...args: unknown[]): unknown {
    ask(args, this)
    return Reflect.apply(original, this, args)
  }
  Object.defineProperty(owner, name, { ...Object.getOwnPropertyDescriptor(owner, name), value: wrapped })
}

/** Statements that change something and come in the same order each time. Heartbeats come by the clock. */
const isWrite = (sql: string) =>
  /^\s*(?:COMMIT|INSERT|UPDATE|DELETE)/u.test(sql) && !/seen =|heartbeat/u.test(sql)

if (isMeant) {
  const { execFile } = childProcess
  childProcess.execFile = new Proxy(execFile, {
    apply(target, self, args: unknown[]) {
      const isGit = typeof args[0] === 'string' && args[0].endsWith('git')
      const words = Array.isArray(args[1]) ? args[1].filter((word) => !String(word).startsWith('-')) : []
      const here = isGit && isHere(`git ${words.filter((word) => !String(word).includes('=')).join(' ')}`)
      if (here && fault.how === 'before') die()
      // What `execFile` gives.
      const child = Reflect.apply(target, self, args) as ChildProcess
      if (here && fault.how === 'during') die()
      if (here) child.kill('SIGKILL')
      return child
    },
  })
  if (fault.how === 'before') {
    wrap(StatementSync.prototype, 'run', (_args, self) => {
      const sql = self instanceof StatementSync ? self.sourceSQL : ''
      if (isWrite(sql) && isHere(sql)) die()
    })
    wrap(DatabaseSync.prototype, 'exec', ([sql]) => {
      if (typeof sql === 'string' && isWrite(sql) && isHere(sql)) die()
    })
    for (const name of ['rmSync', 'mkdirSync', 'symlinkSync', 'writeFileSync'] as const)
      wrap(fs, name, ([path]) => {
        if (isHere(`${name} ${String(path)}`)) die()
      })
  }
  syncBuiltinESMExports()
}
