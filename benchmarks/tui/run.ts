/**
 * The terminal UI while an answer streams at 100 pieces a second: share of one core, and time from a key to its echo.
 * Usage: node benchmarks/tui/run.ts [SECONDS], default 60. Needs Linux and a built bundle.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawnInTerminal } from '../../packages/cli/src/tui/testing/spawn-in-terminal.ts'
import { streamServer } from './stream-server.ts'

const seconds = Number(process.argv[2] ?? 60)
const everyMs = 10
const folder = mkdtempSync(join(tmpdir(), 'cairn-bench-tui-'))
const work = join(folder, 'work')
mkdirSync(work)
const server = await streamServer({ everyMs, pieces: (seconds * 1_000) / everyMs })
const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))

const pty = spawnInTerminal(
  ['--model', 'openai-compatible/x', '--base-url', server.baseUrl, '--wire', 'chat'],
  {
    columns: 120,
    rows: 40,
    cwd: work,
    env: { HOME: folder, CAIRN_DATA_DIR: join(folder, 'data') },
  },
)
let seen = ''
let bytes = 0
let onData: () => void = () => undefined
pty.onData((data) => {
  bytes += data.length
  seen = (seen + data).slice(-20_000)
  onData()
})
const shows = async (text: string) => {
  while (!seen.includes(text)) await pause(5)
}

/** CPU time of a process and of those of its children that have ended, in ms. */
function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return 10 * [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0)
}
const peakMb = (pid: number) =>
  Math.round(Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024)

/** Types a letter and gives the ms until a frame shows the whole line. */
async function echo(typed: string, letter: string): Promise<number> {
  seen = ''
  const begin = performance.now()
  const shown = new Promise<number>((done) => {
    onData = () => {
      if (seen.includes(`› ${typed}${letter}`) || seen.includes(`${typed}${letter}`))
        done(performance.now() - begin)
    }
  })
  pty.write(letter)
  const ms = await shown
  onData = () => undefined
  return ms
}

await shows('Ask for a change')
pty.write('tell me about the parser')
await pause(300)
pty.write('\r')
await shows('The ')
await pause(1_000)
const [cpu, begin, bytesBefore] = [cpuMs(pty.pid), performance.now(), bytes]
const echoes: number[] = []
const stream = { over: false }
void server.done.then(() => (stream.over = true))
let typed = ''
while (!stream.over) {
  const letter = 'abcdefghij'[typed.length % 10] ?? 'a'
  echoes.push(await echo(typed, letter))
  typed += letter
  if (typed.length > 40) {
    pty.write('\u0015')
    typed = ''
    await pause(100)
  }
  await pause(230)
}
const elapsed = performance.now() - begin
const share = (100 * (cpuMs(pty.pid) - cpu)) / elapsed
echoes.sort((a, b) => a - b)
const quantile = (q: number) =>
  (echoes[Math.min(echoes.length - 1, Math.floor(q * echoes.length))] ?? 0).toFixed(1)
const rows: [string, string, string][] = [
  ['CPU, share of one core', `${share.toFixed(1)} %`, '≤ 10 %'],
  ['key to echo, median', `${quantile(0.5)} ms`, ''],
  [`key to echo, p95 of ${echoes.length}`, `${quantile(0.95)} ms`, '≤ 30 ms'],
  ['written to the terminal', `${Math.round((bytes - bytesBefore) / elapsed)} kB/s`, ''],
  ['peak memory', `${peakMb(pty.pid)} MB`, ''],
]
console.log(`${Math.round(elapsed / 1_000)} s at 100 pieces a second, 120×40, a key every 230 ms`)
for (const [name, value, goal] of rows) console.log(`${name.padEnd(28)} ${value.padStart(10)}  ${goal}`)
pty.write('\u0003')
await pause(200)
pty.write('\u0003')
await pause(200)
pty.kill('SIGKILL')
server.close()
rmSync(folder, { recursive: true, force: true })
process.exit(share <= 10 && Number(quantile(0.95)) <= 30 ? 0 : 1)
