import { createHash } from 'node:crypto'
import type { Finding, FlowStep } from '../audit/finding.ts'
import type { Severity } from '../audit/models/model.ts'
import { lineFinder } from '../sbom/line-finder.ts'
import { projectKey, type LockedPackage, type Scope } from '../sbom/locked-package.ts'
import { packageUrl } from '../sbom/package-url.ts'
import type { Lockfiles } from '../sbom/read-lockfiles.ts'
import { resolveScopes } from '../sbom/resolve-scopes.ts'
import type { Advisory } from './advisory.ts'
import type { Uses } from './find-uses.ts'
import { fixedVersion, isAffected } from './is-affected.ts'
import type { Advisories } from './open-advisories.ts'
import { severityOf } from './severity.ts'

/** Whether the sources get at a package: they call what is defective, they import it (or something that needs it), they do not; or nobody knows. */
type Reach = 'called' | 'imported' | 'not-imported' | 'unknown'

export interface Vulnerable {
  finding: Finding
  advisory: Advisory
  package: string
  version: string
  /** Package URL, as in the bill of materials. */
  purl: string
  scope: Scope
  reach: Reach
  fixed: string | null
  score: number | null
}

type Lockfile = Lockfiles['files'][number]

/** Dependency on a component with a known defect. */
const CWE = 1395
const ORDER: readonly Severity[] = ['low', 'medium', 'high', 'critical']
const atMost = (severity: Severity, most: Severity): Severity =>
  ORDER[Math.min(ORDER.indexOf(severity), ORDER.indexOf(most))] ?? severity

/** Key → the key that first leads to it from one of the starts. */
function waysFrom(lock: Lockfile, starts: readonly string[]): Map<string, string | null> {
  const from = new Map<string, string | null>(starts.map((key) => [key, null]))
  const edges = new Map(lock.projects.map((one) => [projectKey(one.folder), one.edges]))
  for (const key of from.keys())
    for (const { to } of edges.get(key) ?? lock.packages.get(key)?.edges ?? [])
      if (!from.has(to)) from.set(to, key)
  return from
}

function way(from: ReadonlyMap<string, string | null>, key: string): string[] {
  const keys: string[] = []
  for (let at: string | null | undefined = key; at !== null && at !== undefined; at = from.get(at))
    keys.unshift(at)
  return keys
}

/** Pinned packages with known defects, each with how it comes in and whether the sources get at it. */
export function findVulnerable(
  { files }: Lockfiles,
  advisories: Pick<Advisories, 'find'>,
  uses: Uses,
): Vulnerable[] {
  return files.flatMap((lock) => {
    const scopes = resolveScopes(lock)
    const line = lineFinder(lock.text)
    const projects = waysFrom(
      lock,
      lock.projects.map(({ folder }) => projectKey(folder)),
    )
    const imported = [...lock.packages].filter(([, { name }]) => uses.importOf(lock.ecosystem, name) !== null)
    const used = waysFrom(
      lock,
      imported.map(([key]) => key),
    )
    return [...lock.packages].flatMap(([key, one]) =>
      advisories
        .find(lock.ecosystem, one.name)
        .filter((advisory) => isAffected(advisory, one.version))
        .map((advisory) => {
          const scope = scopes.get(key) ?? 'required'
          const { reach, flow } = reachOf(lock, key, one, advisory, used, uses)
          const names = way(projects, key).flatMap((step) => lock.packages.get(step)?.name ?? [])
          return describe({ lock, one, advisory, scope, reach, flow, names, line: line(one.mark) })
        }),
    )
  })
}

function reachOf(
  lock: Lockfile,
  key: string,
  { name }: LockedPackage,
  { symbols }: Advisory,
  used: ReadonlyMap<string, string | null>,
  uses: Uses,
): { reach: Reach; flow: FlowStep[] } {
  const { ecosystem } = lock
  if (!uses.isRead(ecosystem)) return { reach: 'unknown', flow: [] }
  const call = uses.callOf(ecosystem, name, symbols)
  const direct = uses.importOf(ecosystem, name)
  if (direct !== null)
    return call === null
      ? { reach: 'imported', flow: [{ ...direct, what: `imports ${name}` }] }
      : {
          reach: 'called',
          flow: [
            { ...direct, what: `imports ${name}` },
            { ...call, what: 'calls what is defective' },
          ],
        }
  if (!used.has(key)) return { reach: 'not-imported', flow: [] }
  const through = lock.packages.get(way(used, key)[0] ?? '')?.name ?? ''
  const place = uses.importOf(ecosystem, through)
  return {
    reach: 'imported',
    flow: place === null ? [] : [{ ...place, what: `imports ${through}, which needs ${name}` }],
  }
}

const REACHED: Readonly<Record<Reach, string>> = {
  called: 'The sources call what is defective',
  imported: 'The sources import it',
  'not-imported': 'No source imports it',
  unknown: 'Whether it is used is not known',
}

function describe(found: {
  lock: Lockfile
  one: LockedPackage
  advisory: Advisory
  scope: Scope
  reach: Reach
  flow: FlowStep[]
  names: readonly string[]
  line: number
}): Vulnerable {
  const { lock, one, advisory, scope, reach, flow, names, line } = found
  const { severity, score } = severityOf(advisory)
  const fixed = fixedVersion(advisory, one.version)
  const alias = advisory.aliases.find((name) => name.startsWith('CVE-'))
  const id = alias === undefined ? advisory.id : `${advisory.id} (${alias})`
  const comes = names.length > 1 ? ` It comes by ${names.join(' → ')}.` : ''
  const where = flow[0] === undefined ? '' : ` (${flow[0].what}, ${flow[0].file}:${flow[0].line})`
  const unused = reach === 'not-imported'
  const [cwe = CWE, ...related] = advisory.cwes
  const finding: Finding = {
    rule: 'vulnerable-dependency',
    cwe,
    ...(cwe === CWE ? {} : { related: [...related, CWE] }),
    severity: unused ? atMost(severity, scope === 'dev' ? 'low' : 'medium') : severity,
    confidence: reach === 'called' ? 'high' : unused ? 'low' : 'medium',
    title: `${one.name} ${one.version} has a known defect`,
    message: `${one.name} ${one.version}: ${advisory.summary === '' ? 'a known defect' : advisory.summary.replace(/\.$/, '')}, ${id}.${comes}${scope === 'dev' ? ' It is for development only.' : ''} ${REACHED[reach]}${where}.`,
    fix:
      fixed === null
        ? `No fixed version is known: replace ${one.name}, or keep untrusted input from it.`
        : `Update ${one.name} to ${fixed} or later.`,
    place: { file: lock.path, line, column: 1 },
    snippet: `${one.name} ${one.version}`,
    flow,
    fingerprint: createHash('sha256')
      .update(`vulnerable-dependency\n${lock.path}\n${one.name}\n${one.version}\n${advisory.id}`)
      .digest('hex')
      .slice(0, 32),
  }
  return {
    finding,
    advisory,
    package: one.name,
    version: one.version,
    purl: packageUrl(lock.ecosystem, one),
    scope,
    reach,
    fixed,
    score,
  }
}
