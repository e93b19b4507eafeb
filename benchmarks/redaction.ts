/** Throughput of the redactor, in MB for a second of processor time: node benchmarks/redaction.ts */
import { createRedactor } from '../packages/guard/src/secrets/redactor.ts'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'

const size = 16_000_000
const key = 'Zq8-v2RkT5.wX9_mB3nL7pC1'
const registered = Array.from({ length: 20 }, () => randomBytes(24).toString('base64url'))
const redactor = createRedactor({ registered: [key, ...registered], env: {}, salt: randomBytes(16) })

const fill = (piece: string) => Buffer.from(piece.repeat(Math.ceil(size / piece.length)).slice(0, size))
const source = readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')
const log = Array.from(
  { length: 2_000 },
  (_, n) => `2026-11-23T12:00:${n % 60}Z INFO request ${n} took ${n * 7} ms, path=/api/items/${n}\n`,
).join('')
const code = readFileSync(
  new URL('../packages/guard/src/secrets/structured-detectors.ts', import.meta.url),
  'utf8',
)
const inputs: [string, Buffer][] = [
  ['lock file', fill(source)],
  ['server log', fill(log)],
  ['source code', fill(code)],
  ['base64', fill(randomBytes(3_000_000).toString('base64'))],
  ['one letter', fill('x')],
  ['binary', randomBytes(size)],
  ['a secret a line', fill(`export API_KEY=${key}\n`)],
  ['adversarial eyJ', fill('eyJ')],
  ['adversarial eyJ.', fill('eyJ.')],
  ['adversarial password=', fill('password=')],
  ['adversarial key="', fill('key="')],
  ['adversarial ://a:', fill('://a:')],
  ['adversarial BEGIN', fill('-----BEGIN RSA PRIVATE KEY-----')],
  ['adversarial key prefix', fill(key.slice(0, 20))],
]

const chunk = 65_536
redactor.redact('warm')
console.log('input                     stream   whole   (MB a second of processor time, median of 3)')
for (const [name, bytes] of inputs) {
  const text = bytes.toString('latin1')
  const median = (run: () => void) => {
    const times = [0, 1, 2].map(() => {
      const started = process.threadCpuUsage()
      run()
      const { user, system } = process.threadCpuUsage(started)
      return (user + system) / 1e3
    })
    return size / 1e3 / (times.sort((a, b) => a - b)[1] ?? 1)
  }
  const streamed = median(() => {
    const stream = redactor.createStream()
    for (let at = 0; at < bytes.length; at += chunk) stream.push(bytes.subarray(at, at + chunk))
    stream.end()
  })
  const whole = median(() => redactor.redact(text))
  console.log(`${name.padEnd(24)} ${streamed.toFixed(0).padStart(7)} ${whole.toFixed(0).padStart(7)}`)
}
