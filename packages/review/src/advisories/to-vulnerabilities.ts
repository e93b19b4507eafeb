import type { Json } from '@cairn/journal'
import type { Vulnerable } from './find-vulnerable.ts'

/** The `vulnerabilities` of a CycloneDX 1.6 document: one for each advisory, with all packages that it is about. */
export function toVulnerabilities(found: readonly Vulnerable[]): { [key: string]: Json }[] {
  const byId = Map.groupBy(found, ({ advisory }) => advisory.id)
  return [...byId]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, list]) => {
      const [first] = list
      const { advisory, score, finding, reach, fixed } = first ?? {}
      const vector = advisory?.severity.vector ?? null
      return {
        'bom-ref': `advisory:${id}`,
        id,
        source: { name: 'OSV', url: `https://osv.dev/vulnerability/${id}` },
        ...(advisory === undefined || advisory.aliases.length === 0
          ? {}
          : { references: advisory.aliases.map((alias) => ({ id: alias, source: { name: 'OSV' } })) }),
        ratings: [
          {
            severity: finding?.severity ?? 'unknown',
            ...(score === null || score === undefined || vector === null
              ? {}
              : { score, vector, method: vector.startsWith('CVSS:3.0') ? 'CVSSv3' : 'CVSSv31' }),
          },
        ],
        ...(advisory === undefined || advisory.cwes.length === 0 ? {} : { cwes: advisory.cwes }),
        ...(advisory === undefined || advisory.summary === '' ? {} : { description: advisory.summary }),
        ...(fixed === null || fixed === undefined ? {} : { recommendation: `Update to ${fixed} or later.` }),
        ...(reach === 'not-imported'
          ? { analysis: { state: 'in_triage', detail: 'No source imports it.' } }
          : {}),
        affects: [...new Set(list.map(({ purl }) => purl))].map((ref) => ({ ref })),
      }
    })
}
