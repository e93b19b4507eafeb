/**
 * Source of the screen: a program that tries many candidates in one process, because starting a process for each costs
 * more than its tests. A worker thread writes a candidate's files, loads the test files as new modules and runs them on
 * a small stand-in for `node:test`; the main thread ends a worker that does not answer. What gains here is verified by
 * the real check afterwards, and nothing is believed unless the unchanged project fails here in the same way.
 *
 * In: the path of a job `{ root, files, stallMs, candidates: [{ id, files, changes: [{ path, text }] }] }`. Out: one JSON
 * line for each candidate in the file `out`: `{ id, ended, failures: [{ id, message, stack }] }`.
 */
export const screenSource = `'use strict'
const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads')
const fs = require('node:fs')
const path = require('node:path')
if (isMainThread) lead()
else follow()

function lead() {
  const job = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'))
  const queue = [...job.candidates]
  const say = (line) => fs.appendFileSync(job.out, JSON.stringify(line) + '\\n')
  let worker = null
  let timer = null
  let current = null
  let served = 0
  let begun = 0
  let longest = null
  const stop = async () => {
    clearTimeout(timer)
    const old = worker
    worker = null
    if (old !== null) await old.terminate()
  }
  const restore = (candidate) => {
    for (const { path: file, old } of candidate.changes) fs.writeFileSync(path.join(job.root, file), old)
  }
  const next = async () => {
    current = queue.shift() ?? null
    if (current === null) return stop()
    if (served++ % 150 === 149) await stop()
    if (worker === null) start()
    for (const { path: file, text } of current.changes) fs.writeFileSync(path.join(job.root, file), text)
    // What a candidate may take is measured by those that came to their end, however busy the machine is.
    const most = longest === null ? 20000 : Math.min(job.stallMs, 500 + longest * 8)
    begun = Date.now()
    const [candidate, cpu, own] = [current, process.cpuUsage(), worker]
    const loop = own.performance.eventLoopUtilization()
    // A clock on the wall would refute what is right on a busy machine: one that computes is given time of the processor.
    const look = () => {
      const used = process.cpuUsage(cpu)
      const starved = (used.user + used.system) / 1000 < most * 0.7 && own.performance.eventLoopUtilization(loop).utilization > 0.5
      if (starved && Date.now() - begun < most * 20) timer = setTimeout(look, most / 4)
      else settle({ id: candidate.id, ended: false, failures: [] }, true)
    }
    timer = setTimeout(look, most)
    worker.postMessage(current)
  }
  const settle = async (line, dead) => {
    if (current === null) return
    clearTimeout(timer)
    const done = current
    if (line.ended) longest = Math.max(longest ?? 0, Date.now() - begun)
    current = null
    if (dead) await stop()
    restore(done)
    say(line)
    await next()
  }
  const start = () => {
    const own = new Worker(__filename, { workerData: job, stdout: true, stderr: true })
    own.stdout.resume()
    own.stderr.resume()
    own.on('message', (line) => own === worker && settle(line, false))
    own.on('error', () => own === worker && settle({ id: current?.id, ended: false, failures: [] }, true))
    own.on('exit', () => own === worker && settle({ id: current?.id, ended: false, failures: [] }, true))
    worker = own
  }
  next()
}

function follow() {
  const { registerHooks } = require('node:module')
  const { pathToFileURL } = require('node:url')
  const inside = pathToFileURL(workerData.root).href + '/'
  let generation = 0
  registerHooks({
    resolve(specifier, context, nextResolve) {
      if (specifier === 'node:test' || specifier === 'test') {
        const standIn = path.join(__dirname, 'stand-in.cjs')
        return nextResolve(context.conditions?.includes('require') ? standIn : pathToFileURL(standIn).href, context)
      }
      const found = nextResolve(specifier, context)
      const mine = found.url.startsWith(inside) && !found.url.includes('/node_modules/') && !found.url.includes('/.cairn-')
      if (!mine || context.conditions?.includes('require') || found.url.includes('?')) return found
      return { ...found, url: found.url + '?cairn=' + generation }
    },
  })
  const lab = require('./stand-in.cjs').lab
  const trouble = (error) => lab.trouble(error)
  process.on('uncaughtException', trouble)
  process.on('unhandledRejection', trouble)
  parentPort.on('message', async (candidate) => {
    generation++
    for (const key of Object.keys(require.cache)) if (key.startsWith(workerData.root + '/') && !key.includes('/node_modules/') && !key.includes('/.cairn-')) delete require.cache[key]
    const failures = []
    for (const file of candidate.files) {
      lab.begin(file)
      try {
        await import(pathToFileURL(path.join(workerData.root, file)).href)
        await lab.run(failures)
      } catch (error) {
        failures.push(lab.describe(file, error))
      }
    }
    for (const each of failures) each.stack = each.stack.replace(/\\?cairn=\\d+/g, '')
    parentPort.postMessage({ id: candidate.id, ended: true, failures })
  })
}
`

/** The stand-in for \`node:test\`: what small test suites use of it, run one after the other. */
export const standInSource = `'use strict'
const real = process.getBuiltinModule('node:test')
const assert = require('node:assert')
let suite = null
let file = ''
let pending = null
// A test may replace them.
const { setTimeout, clearTimeout, setInterval, clearInterval } = globalThis
const resources = () => process.getActiveResourcesInfo().filter((name) => name !== 'Immediate').length
let idle = 0
let ours = 0
const fresh = (name, parent) => ({ name, parent, entries: [], before: [], after: [], beforeEach: [], afterEach: [] })
function parse(args) {
  const name = typeof args[0] === 'string' ? args[0] : (args.find((each) => typeof each === 'function')?.name || '<anonymous>')
  const options = args.find((each) => typeof each === 'object' && each !== null) ?? {}
  return { name, options, fn: args.findLast((each) => typeof each === 'function') ?? (() => {}) }
}
function test(...args) {
  const { name, options, fn } = parse(args)
  if (options.skip || options.todo) return Promise.resolve()
  suite.entries.push({ kind: 'test', name, fn, options })
  return Promise.resolve()
}
function describe(...args) {
  const { name, options, fn } = parse(args)
  if (options.skip || options.todo) return
  const own = fresh(name, suite)
  suite.entries.push({ kind: 'suite', suite: own })
  const outer = suite
  suite = own
  try {
    const result = fn({ name })
    if (result?.then) own.loading = result
  } finally {
    suite = outer
  }
}
const hook = (kind) => (fn) => void suite[kind].push(fn)
for (const each of [test, describe]) {
  each.skip = () => Promise.resolve()
  each.todo = () => Promise.resolve()
  each.only = each
}
function call(fn, context, ms) {
  return new Promise((resolve, reject) => {
    const late = () => end(reject)(new Error('did not end in time: Promise resolution is still pending'))
    const timer = setTimeout(late, ms)
    // Nothing is left that could still settle it: no timer, no file, no connection.
    let quiet = 0
    const watch = setInterval(() => {
      quiet = resources() <= idle + ours ? quiet + 1 : 0
      if (quiet >= 4) late()
    }, 10)
    ours += 2
    let ended = false
    const end = (settle) => (value) => {
      if (!ended) ours -= 2
      ended = true
      clearTimeout(timer)
      clearInterval(watch)
      settle(value)
    }
    pending = end(reject)
    try {
      if (fn.length >= 2) fn(context, (error) => (error ? end(reject)(error) : end(resolve)()))
      else Promise.resolve(fn(context)).then(end(resolve), end(reject))
    } catch (error) {
      end(reject)(error)
    }
  })
}
function describeFailure(id, error) {
  const isError = error instanceof Error || (typeof error === 'object' && error !== null && 'stack' in error)
  const values = isError && error.code === 'ERR_ASSERTION' ? '\\nactual: ' + show(error.actual) + '\\nexpected: ' + show(error.expected) : ''
  return { id, message: (isError ? error.name + ': ' + error.message : String(error)) + values, stack: isError ? String(error.stack) : '' }
}
function show(value) {
  return require('node:util').inspect(value, { depth: 3, breakLength: Infinity }).slice(0, 300)
}
async function runTest(own, entry, names, chain, failures) {
  const ms = entry.options?.timeout ?? 1000
  const path = [...names, entry.name]
  const id = path.join(' > ')
  const afters = []
  const context = {
    name: entry.name,
    fullName: path.slice(1).join(' > '),
    signal: new AbortController().signal,
    diagnostic() {}, skip() {}, todo() {}, plan() {}, runOnly() {},
    assert,
    mock: real.mock,
    before() {}, beforeEach() {}, afterEach() {},
    after: (fn) => void afters.push(fn),
    test: async (...args) => {
      const sub = parse(args)
      if (!sub.options.skip && !sub.options.todo) await runTest(own, sub, path, chain, failures)
    },
  }
  const count = failures.length
  try {
    for (const group of chain) for (const fn of group.beforeEach) await call(fn, context, ms)
    await call(entry.fn, context, ms)
  } catch (error) {
    failures.push(describeFailure(id, error))
  }
  try {
    for (const fn of afters) await call(fn, context, ms)
    for (const group of [...chain].reverse()) for (const fn of group.afterEach) await call(fn, context, ms)
  } catch (error) {
    if (failures.length === count) failures.push(describeFailure(id, error))
  }
}
async function runSuite(own, names, chain, failures) {
  if (own.loading) await own.loading
  try {
    for (const fn of own.before) await call(fn, {}, 2000)
    for (const entry of own.entries) {
      if (entry.kind === 'suite') await runSuite(entry.suite, [...names, entry.suite.name], [...chain, entry.suite], failures)
      else await runTest(own, entry, names, chain, failures)
    }
    for (const fn of own.after) await call(fn, {}, 2000)
  } catch (error) {
    failures.push(describeFailure(names.join(' > '), error))
  }
}
module.exports = test
module.exports.test = test
module.exports.it = test
module.exports.describe = describe
module.exports.suite = describe
module.exports.before = hook('before')
module.exports.after = hook('after')
module.exports.beforeEach = hook('beforeEach')
module.exports.afterEach = hook('afterEach')
module.exports.mock = real.mock
module.exports.snapshot = real.snapshot
module.exports.assert = real.assert
module.exports.lab = {
  begin(name) {
    file = name
    idle = resources()
    suite = fresh(name, null)
  },
  async run(failures) {
    const root = suite
    await runSuite(root, [file], [root], failures)
    real.mock.reset()
    try { real.mock.timers.reset() } catch {}
  },
  describe: describeFailure,
  trouble(error) {
    if (pending !== null) pending(error)
  },
}
`
