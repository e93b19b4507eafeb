import { byteSet, standsAt } from './byte-window.ts'
import type { ByteSet } from './byte-window.ts'
import type { Detector } from './detector.ts'
import { entropy } from './entropy.ts'

const alnum = 'A-Za-z0-9'
/** What may not stand before a token: it would be the middle of something longer. */
const inner = byteSet(`${alnum}_+/-`)

interface TokenSpec {
  kind: string
  prefix: string
  /** Characters of what follows the prefix, and how many there are at least and at most. */
  body: string
  least: number
  most: number
}

const spec = (kind: string, prefix: string, body: string, least: number, most = 512): TokenSpec => ({
  kind,
  prefix,
  body,
  least,
  most,
})

/** Formats that vendors publish. Sources: their documentation on token formats and secret scanning. */
const specs: readonly TokenSpec[] = [
  spec('aws', 'AKIA', 'A-Z2-7', 16, 16),
  spec('aws', 'ASIA', 'A-Z2-7', 16, 16),
  ...['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'].map((prefix) => spec('github', prefix, alnum, 36, 255)),
  spec('github', 'github_pat_', `${alnum}_`, 60, 255),
  ...['glpat-', 'gldt-', 'glrt-', 'glcbt-', 'glptt-', 'gloas-'].map((prefix) =>
    spec('gitlab', prefix, `${alnum}_.-`, 20, 300),
  ),
  ...['xoxb-', 'xoxp-', 'xoxa-', 'xoxr-', 'xoxs-', 'xoxe-', 'xoxe.', 'xapp-'].map((prefix) =>
    spec('slack', prefix, `${alnum}.-`, 20),
  ),
  spec('slack', 'https://hooks.slack.com/services/', `${alnum}/`, 30, 120),
  ...['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_', 'whsec_'].map((prefix) =>
    spec('stripe', prefix, alnum, 16, 255),
  ),
  spec('google', 'AIza', `${alnum}_-`, 35, 35),
  spec('google', 'ya29.', `${alnum}_.-`, 30),
  spec('google', 'GOCSPX-', `${alnum}_-`, 28, 28),
  spec('anthropic', 'sk-ant-', `${alnum}_-`, 24),
  ...['sk-proj-', 'sk-svcacct-', 'sk-admin-', 'sk-or-v1-'].map((prefix) =>
    spec('openai', prefix, `${alnum}_-`, 32),
  ),
  spec('openai', 'sk-', alnum, 32, 128),
  spec('npm', 'npm_', alnum, 36, 36),
  spec('pypi', 'pypi-', `${alnum}_-`, 50),
  spec('huggingface', 'hf_', 'A-Za-z', 34, 40),
  spec('sendgrid', 'SG.', `${alnum}_.-`, 60, 80),
  spec('digitalocean', 'dop_v1_', 'a-f0-9', 64, 64),
  spec('shopify', 'shpat_', 'a-fA-F0-9', 32, 32),
  spec('databricks', 'dapi', 'a-f0-9', 32, 34),
  spec('age', 'AGE-SECRET-KEY-1', 'A-Z0-9', 58, 58),
]

function tokenDetector({ kind, prefix, body, least, most }: TokenSpec, sets: Map<string, ByteSet>): Detector {
  const start = Buffer.from(prefix)
  const key = `${body}`
  const set = sets.get(key) ?? byteSet(body)
  sets.set(key, set)
  return {
    kind,
    start,
    detect(window, at) {
      if (at > 0 && inner[window.bytes[at - 1] ?? 0] === 1) return null
      const stands = standsAt(window, start, at)
      if (stands === null) return { more: true, start: at }
      if (!stands) return null
      const first = at + start.length
      const end = Math.min(window.runEnd(set, first), first + most + 1)
      if (end === window.length && !window.final) return { more: true, start: at }
      if (end - first < least || end - first > most) return null
      // Documents write `ghp_xxxxxxxx`, and AWS's own examples end in EXAMPLE.
      if (entropy(window.bytes, first, end) < 2.5) return null
      if (
        Buffer.from(window.bytes.buffer, window.bytes.byteOffset + end - 7, 7).toString('latin1') ===
        'EXAMPLE'
      )
        return null
      return { start: at, end, kind, value: null }
    },
  }
}

/** Detectors for keys and tokens that can be told by their prefix. */
export function tokenDetectors(): Detector[] {
  const sets = new Map<string, ByteSet>()
  return specs.map((each) => tokenDetector(each, sets))
}
