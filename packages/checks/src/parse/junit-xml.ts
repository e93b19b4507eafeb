import type { ParsedFailure, ParsedOutput } from './parsed-output.ts'
import { failureOf, placeAt } from './placed.ts'

const CASE = /<testcase\b([^>]*?)(\/>|>([\s\S]*?)<\/testcase>)/g
const ATTRIBUTE = /([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g
const ENTITIES: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }

const decoded = (text: string) =>
  text
    .replaceAll(/<!\[CDATA\[([\s\S]*?)\]\]>/g, '$1')
    .replaceAll(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (all, decimal?: string, hex?: string, name = '') => {
      const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
      if (Number.isNaN(code)) return ENTITIES[name] ?? all
      return code <= 0x10ffff ? String.fromCodePoint(code) : all
    })

const attributes = (text: string) =>
  new Map([...text.matchAll(ATTRIBUTE)].map(([, name = '', a, b]) => [name, decoded(a ?? b ?? '')]))

/** A report in the XML of JUnit that a command prints. No entity is resolved but the five of XML. */
export function parseJunitXml(text: string, roots: readonly string[]): ParsedOutput | null {
  if (!/<testsuites?[\s>]/.test(text)) return null
  let passed = 0
  const failures: ParsedFailure[] = []
  for (const [, head = '', , body = ''] of text.matchAll(CASE)) {
    const bad = /<(failure|error)\b([^>]*?)(?:\/>|>([\s\S]*?)<\/\1>)/.exec(body)
    if (bad === null) {
      if (!/<skipped\b/.test(body)) passed += 1
      continue
    }
    const own = attributes(head)
    const name = [own.get('classname'), own.get('name')].filter(Boolean).join('.')
    const detail = decoded(bad[3] ?? '').trim()
    const stated = attributes(bad[2] ?? '').get('message') ?? ''
    const file = own.get('file')
    const place = file === undefined ? null : placeAt(file, own.get('line') ?? '1', roots)
    failures.push(
      failureOf(name, [stated === '' ? detail : stated, detail].slice(0, detail === stated ? 1 : 2), [place]),
    )
  }
  return { runner: 'junit', passed, failed: failures.length, failures }
}
