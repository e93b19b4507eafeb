import type { Finding } from '../audit/finding.ts'
import type { ControlKind } from './find-controls.ts'
import type { Boundary, EntryPoint, Peer, Statement, Stride, Threat } from './threat-model.ts'

export interface Known {
  entryPoints: readonly EntryPoint[]
  peers: readonly Peer[]
  controls: Readonly<Record<ControlKind, Statement[]>>
  findings: readonly Finding[]
}

interface Case {
  class: Stride
  abuse: string
  controls: readonly ControlKind[]
  /** Weaknesses (CWE) whose findings belong here. */
  cwes: readonly number[]
  /** Said only where one of these is used, or something was found. */
  needs?: readonly Peer['kind'][]
  /** What is missing where the code has no control. */
  missing?: (known: Known, crossing: readonly EntryPoint[]) => Threat['open']
}

const SHOWN = 8
const ADMIN = /(?:^|[/\s.])(?:admin|internal|manage|backoffice|staff|maintenance)\b/i
const PUBLIC =
  /log_?-?(?:in|out)|sign_?-?(?:in|up|out)|register|auth|token|callback|hook|health|ready|live|status|ping|public|forgot|reset|verify|confirm|contact|subscribe|password|session|captcha/i

/** One statement about entry points, or none. */
function about(entries: readonly EntryPoint[], text: (count: string) => string): Threat['open'] {
  if (entries.length === 0) return []
  const count = entries.length === 1 ? 'one way in' : `${entries.length} ways in`
  const named = entries
    .slice(0, SHOWN)
    .map(({ name }) => name)
    .join(', ')
  return [
    {
      text: `${text(count)}: ${named}${entries.length > SHOWN ? ', …' : ''}`,
      at: entries.slice(0, SHOWN).map(({ at }) => at),
    },
  ]
}

const WEB: readonly Case[] = [
  {
    class: 'spoofing',
    abuse: 'Somebody acts as a user whom they are not',
    controls: ['identity'],
    cwes: [
      287, 290, 294, 306, 307, 345, 347, 384, 208, 330, 338, 521, 640, 798, 916, 256, 257, 261, 327, 328, 522,
      614, 1004,
    ],
    missing: (_known, crossing) =>
      about(
        crossing.filter((one) => one.writes && one.authenticated === false && !PUBLIC.test(one.name)),
        (count) => `Nobody is asked who they are at ${count} that change something`,
      ),
  },
  {
    class: 'tampering',
    abuse: 'A request carries what its handler does not expect',
    controls: ['input'],
    cwes: [
      20, 22, 23, 36, 73, 78, 77, 79, 80, 88, 89, 90, 91, 94, 95, 96, 113, 134, 352, 434, 470, 502, 601, 611,
      643, 776, 915, 943, 1321, 1336, 444, 93,
    ],
  },
  { class: 'repudiation', abuse: 'A user denies what they did', controls: ['trace'], cwes: [117, 778] },
  {
    class: 'information disclosure',
    abuse: 'An answer tells more than its reader may know',
    controls: ['disclosure'],
    cwes: [200, 201, 203, 204, 209, 215, 312, 319, 489, 497, 532, 538, 548, 598, 942, 346, 1021, 359, 525],
  },
  {
    class: 'denial of service',
    abuse: 'Requests use up memory, time or disk',
    controls: ['load'],
    cwes: [400, 404, 405, 407, 409, 770, 771, 730, 834, 1333, 674, 248],
  },
  {
    class: 'elevation of privilege',
    abuse: 'A user does what only others may',
    controls: ['rights'],
    cwes: [250, 269, 284, 285, 639, 732, 862, 863, 276, 425],
    missing: (_known, crossing) =>
      about(
        crossing.filter((one) => ADMIN.test(one.name) && one.authenticated === false),
        (count) => `Nothing stands in front of ${count} of administration`,
      ),
  },
]

const ROLE_GUARD = /role|permission|admin|scope|staff|superuser|acl|policy/i

const STORE: readonly Case[] = [
  {
    class: 'tampering',
    abuse: 'Input becomes part of a query',
    controls: ['data'],
    cwes: [89, 943, 564, 90, 643],
  },
  {
    class: 'information disclosure',
    abuse: 'Somebody reads the store without the program',
    controls: [],
    cwes: [259, 798, 312, 311, 321],
  },
]
const SERVICE: readonly Case[] = [
  {
    class: 'spoofing',
    abuse: 'Another host answers in place of the service',
    controls: [],
    cwes: [295, 297, 319, 757],
  },
  { class: 'tampering', abuse: 'Input decides which host is asked', controls: ['egress'], cwes: [918] },
  {
    class: 'denial of service',
    abuse: 'A service that hangs holds the program up',
    controls: ['time'],
    cwes: [],
  },
]
const MACHINE: readonly Case[] = [
  {
    class: 'elevation of privilege',
    abuse: 'Input becomes a command or its option',
    controls: ['programs'],
    cwes: [77, 78, 88, 94, 95, 426, 427],
    needs: ['operating system'],
  },
  {
    class: 'tampering',
    abuse: 'Input decides which file is read or written',
    controls: [],
    cwes: [22, 23, 36, 59, 73, 377, 378, 379, 434, 732, 367],
  },
]
const MESSAGES: readonly Case[] = [
  {
    class: 'tampering',
    abuse: 'A message carries what its consumer does not expect',
    controls: ['input'],
    cwes: [20, 502, 94, 78, 89, 22],
  },
  { class: 'repudiation', abuse: 'Nobody can tell who asked for the work', controls: ['trace'], cwes: [] },
]
const OPERATOR: readonly Case[] = [
  {
    class: 'tampering',
    abuse: 'An argument leads where it should not',
    controls: ['input'],
    cwes: [22, 78, 88, 94, 502],
  },
]

const STORES = new Set(['database', 'cache', 'object store'])
const SERVICES = new Set(['web service', 'mail', 'payment', 'language model', 'queue'])

/** Boundaries that the entry points and peers imply, with the abuse cases of each. */
export function findThreats(known: Known): { boundaries: Boundary[]; threats: Threat[] } {
  const boundaries: (Boundary & { cases: readonly Case[]; entries: readonly EntryPoint[] })[] = []
  const enter = (from: string, kinds: readonly string[], cases: readonly Case[]) => {
    const entries = known.entryPoints.filter(({ kind }) => kinds.includes(kind))
    if (entries.length > 0)
      boundaries.push({
        id: `B${boundaries.length + 1}`,
        from,
        to: 'the program',
        crossing: entries.map(({ id }) => id),
        cases,
        entries,
      })
  }
  const leave = (to: string, has: (peer: Peer) => boolean, cases: readonly Case[]) => {
    const peers = known.peers.filter(has)
    if (peers.length > 0)
      boundaries.push({
        id: `B${boundaries.length + 1}`,
        from: 'the program',
        to,
        crossing: peers.map(({ id }) => id),
        cases,
        entries: [],
      })
  }
  enter('callers over the network', ['http', 'websocket', 'function'], WEB)
  enter('producers of messages', ['queue', 'schedule'], MESSAGES)
  enter('whoever starts it', ['command line'], OPERATOR)
  leave('stores', ({ kind }) => STORES.has(kind), STORE)
  leave('other services', ({ kind }) => SERVICES.has(kind), SERVICE)
  leave(
    'the machine it runs on',
    ({ kind }) => kind === 'operating system' || kind === 'file system',
    MACHINE,
  )
  const told = new Set<string>()
  const threats: Threat[] = []
  // The narrower boundary first: a query that input becomes part of is told at the store, not twice.
  for (const boundary of [...boundaries].toReversed())
    for (const one of boundary.cases) {
      const threat = threatOf(boundary, one, boundary.entries, known, told)
      const used = known.peers.some(
        ({ id, kind }) => boundary.crossing.includes(id) && one.needs?.includes(kind) === true,
      )
      if (one.needs === undefined || used || threat.open.length > 0) threats.push(threat)
    }
  const order = new Map(boundaries.map(({ id }, at) => [id, at]))
  const sorted = threats.toSorted((a, b) => (order.get(a.boundary) ?? 0) - (order.get(b.boundary) ?? 0))
  return {
    boundaries: boundaries.map(({ id, from, to, crossing }) => ({ id, from, to, crossing })),
    threats: sorted.map((one, at) => ({ ...one, id: `T${at + 1}` })),
  }
}

function threatOf(
  boundary: Boundary,
  one: Case,
  entries: readonly EntryPoint[],
  known: Known,
  told: Set<string>,
): Threat {
  const found = known.findings.filter(
    ({ cwe, fingerprint }) => one.cwes.includes(cwe) && !told.has(fingerprint),
  )
  for (const { fingerprint } of found) told.add(fingerprint)
  const open: Threat['open'] = [
    ...found.map(({ message, place, severity, fingerprint }) => ({
      text: message,
      at: [{ file: place.file, line: place.line }],
      severity,
      fingerprint,
    })),
    ...(one.missing?.(known, entries) ?? []),
  ]
  const asked = entries.filter(({ authenticated }) => authenticated === true)
  const roles = entries.filter(({ guards }) => guards.some((name) => ROLE_GUARD.test(name)))
  const controls: Statement[] = [
    ...(one.class === 'spoofing' ? about(asked, (count) => `Somebody asks who is there at ${count}`) : []),
    ...(one.class === 'elevation of privilege'
      ? about(roles, (count) => `A role or permission is asked for at ${count}`)
      : []),
    ...one.controls.flatMap((kind) => known.controls[kind]),
  ]
  return {
    id: '',
    boundary: boundary.id,
    class: one.class,
    abuse: one.abuse,
    state: open.length > 0 ? 'open' : controls.length > 0 ? 'answered' : 'unknown',
    controls,
    open,
  }
}
