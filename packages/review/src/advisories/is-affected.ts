import type { Ecosystem } from '../sbom/locked-package.ts'
import type { Advisory, RangeEvent } from './advisory.ts'
import { compareVersions } from './compare-versions.ts'

/** Whether a version lies in a range of events; false where they cannot be compared. Follows the evaluation of the OSV schema. */
function inRange(ecosystem: Ecosystem, version: string, events: readonly RangeEvent[]): boolean {
  const order = (other: string) => (other === '0' ? 1 : compareVersions(ecosystem, version, other))
  const limits = events.filter(({ kind }) => kind === 'limit')
  const below = ({ version: limit }: RangeEvent) => limit === '*' || (order(limit) ?? 1) < 0
  if (limits.length > 0 && !limits.some(below)) return false
  const sorted = events
    .filter(({ kind }) => kind !== 'limit')
    .toSorted((a, b) =>
      a.version === '0'
        ? -1
        : b.version === '0'
          ? 1
          : (compareVersions(ecosystem, a.version, b.version) ?? 0),
    )
  let affected = false
  for (const { kind, version: at } of sorted) {
    const against = order(at)
    if (against === null) return false
    if (kind === 'introduced' && against >= 0) affected = true
    else if (kind === 'fixed' && against >= 0) affected = false
    else if (kind === 'last_affected' && against > 0) affected = false
  }
  return affected
}

/** Whether a version of the package has the defect. */
export const isAffected = ({ ecosystem, ranges, versions }: Advisory, version: string): boolean =>
  versions.includes(version) ||
  (ecosystem === 'PyPI' && versions.some((one) => compareVersions(ecosystem, one, version) === 0)) ||
  ranges.some((events) => inRange(ecosystem, version, events))

/** The lowest version above this one that has the defect no more; null where none is known. */
export function fixedVersion(advisory: Advisory, version: string): string | null {
  const { ecosystem, ranges } = advisory
  const above = ranges
    .flat()
    .filter(
      ({ kind, version: fixed }) =>
        kind === 'fixed' && (compareVersions(ecosystem, fixed, version) ?? -1) > 0,
    )
    .map(({ version: fixed }) => fixed)
    .filter((fixed) => !isAffected(advisory, fixed))
  return above.toSorted((a, b) => compareVersions(ecosystem, a, b) ?? 0)[0] ?? null
}
