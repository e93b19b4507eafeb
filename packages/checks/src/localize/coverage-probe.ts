/**
 * Source of a CommonJS module that is preloaded into test processes. It takes V8 block coverage after each test (counts
 * are reset by taking them), so one run gives the lines of every test apart. Kept as text because it has to be written
 * beside the project: a sandbox does not show the folder of cairn.
 *
 * Each line of its output is `{ main, test, passed, lines: { file: [[first, last], …] } }`; `test` is null for what ran
 * outside tests. Nothing is printed, and every fault inside is swallowed: the run must go as it would without it.
 */
export const coverageProbe = `'use strict'
const root = process.env.CAIRN_PROBE_ROOT
const out = process.env.CAIRN_PROBE_OUT
const main = process.argv[1]
const mine = root && out && main && main.startsWith(root + '/') && !main.includes('/node_modules/')
if (mine && !process.execArgv.includes('--test')) {
  try {
    start()
  } catch {}
}
function start() {
  const { appendFileSync, readFileSync } = require('node:fs')
  const { fileURLToPath } = require('node:url')
  const { Session } = require('node:inspector')
  const session = new Session()
  session.connect()
  const post = (method, params) => {
    let answer
    session.post(method, params, (_, value) => (answer = value))
    return answer
  }
  post('Profiler.enable')
  post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  const sources = new Map()
  const sourceOf = (file) => {
    if (!sources.has(file)) sources.set(file, readFileSync(file, 'utf8'))
    return sources.get(file)
  }
  const linesOf = (script, file) => {
    const text = sourceOf(file)
    const painted = new Uint8Array(text.length)
    const ranges = script.functions.flatMap((each) => each.ranges)
    ranges.sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset)
    for (const range of ranges) painted.fill(range.count > 0 ? 1 : 0, range.startOffset, range.endOffset)
    const lines = []
    let start = 0
    for (let line = 1; start <= text.length; line++) {
      let end = text.indexOf('\\n', start)
      if (end === -1) end = text.length
      let ran = false
      for (let at = start; at < end && !ran; at++) ran = painted[at] === 1 && text.charCodeAt(at) > 32 && !'{}();,'.includes(text[at])
      if (ran) {
        const last = lines[lines.length - 1]
        if (last !== undefined && last[1] === line - 1) last[1] = line
        else lines.push([line, line])
      }
      start = end + 1
    }
    return lines
  }
  const take = (test, passed) => {
    try {
      const lines = {}
      for (const script of post('Profiler.takePreciseCoverage').result) {
        const file = script.url.startsWith('file://') ? fileURLToPath(script.url) : script.url
        if (!file.startsWith(root + '/') || file.includes('/node_modules/') || file === __filename) continue
        if (!script.functions.some((each) => each.ranges.some((range) => range.count > 0))) continue
        const ran = linesOf(script, file)
        if (ran.length > 0) lines[file.slice(root.length + 1)] = ran
      }
      const record = { main: main.slice(root.length + 1), test, passed, lines }
      appendFileSync(out + '/' + process.pid + '.jsonl', JSON.stringify(record) + '\\n')
    } catch {}
  }
  if (/node:test/.test(sourceOf(main))) {
    const { beforeEach, afterEach } = require('node:test')
    beforeEach(() => take(null, null))
    afterEach((context) => take(context.fullName ?? context.name, context.passed ?? null))
  }
  process.on('exit', (code) => take(null, code === 0))
}
`
