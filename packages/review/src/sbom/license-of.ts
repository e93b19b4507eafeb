import type { Json } from '@cairn/journal'

const KNOWN = new Set(
  '0BSD AFL-2.1 AGPL-3.0 AGPL-3.0-only AGPL-3.0-or-later Apache-2.0 Artistic-2.0 BlueOak-1.0.0 BSD-2-Clause BSD-3-Clause BSL-1.0 CC-BY-3.0 CC-BY-4.0 CC0-1.0 EPL-1.0 EPL-2.0 GPL-2.0 GPL-2.0-only GPL-2.0-or-later GPL-3.0 GPL-3.0-only GPL-3.0-or-later ISC LGPL-2.1 LGPL-2.1-only LGPL-2.1-or-later LGPL-3.0 LGPL-3.0-only LGPL-3.0-or-later MIT MIT-0 MPL-1.1 MPL-2.0 OFL-1.1 PSF-2.0 Python-2.0 Ruby Unicode-3.0 Unlicense WTFPL Zlib ZPL-2.1'.split(
    ' ',
  ),
)
const EXPRESSION = /^\(?[\w.+-]+\)?(?:\s+(?:AND|OR|WITH)\s+\(*[\w.+-]+\)*)+$/

/** Licences as CycloneDX writes them: an SPDX id, one expression, or a name that is neither. */
export function licenseOf(texts: readonly string[]): Json[] {
  const [only] = texts
  if (only !== undefined && texts.length === 1 && EXPRESSION.test(only)) return [{ expression: only }]
  return texts.map((text): Json => ({ license: KNOWN.has(text) ? { id: text } : { name: text } }))
}
