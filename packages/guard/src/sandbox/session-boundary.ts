import { totalmem } from 'node:os'
import type { Egress } from '../egress/create-egress.ts'
import type { Backend, CommandLine, FindTool, Limits } from './backend.ts'
import { runBeside } from './choose-backend.ts'
import { openControlGroup } from './control-group.ts'
import type { ControlGroup } from './control-group.ts'
import type { ProbeReport } from './sandbox.ts'
import { openSessionNetwork } from './session-network.ts'
import type { SessionNetwork } from './session-network.ts'

/** What all commands of a session share: a network, and groups that count what they use. */
export interface SessionBoundary {
  enter: readonly string[]
  /** The same without the network. */
  enterAlone: readonly string[]
  inNetwork: boolean
  /** Whether memory is counted for all commands together, so that no process needs a limit of its own. */
  capsMemory: boolean
  /** For every command: how it reaches the proxy. */
  env: Record<string, string>
  facts: ProbeReport['facts']
  close(): Promise<void>
}

/** Part of the machine's memory that commands may have together. */
const memoryShare = 0.9

const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`

/**
 * Opens what commands of a session share, and keeps as much of it as `trial` runs with: each part is left out where the
 * machine does not have it, and then every command has a network of its own and limits for itself.
 */
export const openSessionBoundary = async (input: {
  find: FindTool
  backend: Backend
  trial: CommandLine
  limits: Limits
  egress: Egress | null
}): Promise<SessionBoundary> => {
  const { find, backend, trial, limits, egress } = input
  const memoryBytes = limits.memoryBytes ?? Math.floor(totalmem() * memoryShare)
  let group = openControlGroup({ processes: limits.processes, memoryBytes }, process.pid)
  let network = await openSessionNetwork(find, egress !== null)
  const works = async (enter: readonly string[], inNetwork: boolean) =>
    (await runBeside(backend, { ...trial, enter, inNetwork })) === null
  if (group !== null && !(await works(group.enter, false))) {
    await group.close()
    group = null
  }
  const enter = () => [...(group?.enter ?? []), ...(network?.enter ?? [])]
  if (network !== null && !(await works(enter(), true))) {
    network.close()
    network = null
  }
  const listener = network?.listener ?? null
  if (egress !== null && listener !== null) egress.serve(listener.server)
  return {
    enter: enter(),
    enterAlone: group?.enter ?? [],
    inNetwork: network !== null,
    capsMemory: group?.caps.includes('memory') === true,
    env: egress === null || listener === null ? {} : egress.environment(listener.port),
    facts: [
      networkFact(network),
      egressFact(egress, listener !== null),
      ...capFacts(group, limits, memoryBytes),
      {
        name: 'files',
        holds: true,
        detail: `at most ${mebibytes(limits.fileBytes)} a file, ${mebibytes(limits.tmpBytes)} a private folder`,
      },
    ],
    async close() {
      egress?.close()
      network?.close()
      await group?.close()
    },
  }
}

const networkFact = (network: SessionNetwork | null): ProbeReport['facts'][number] =>
  network === null
    ? {
        name: 'network',
        holds: false,
        detail:
          'every command has a loopback interface of its own: a server is out of reach of later commands',
      }
    : {
        name: 'network',
        holds: true,
        detail:
          'one loopback interface for the session, without the host: later commands reach a server of an earlier one',
      }

const egressFact = (egress: Egress | null, listens: boolean): ProbeReport['facts'][number] => {
  if (egress === null)
    return { name: 'egress', holds: true, detail: 'off: no rule of the policy allows a host' }
  return listens
    ? {
        name: 'egress',
        holds: true,
        detail: `through the proxy, to ${egress.hosts.join(', ')} and nothing else`,
      }
    : {
        name: 'egress',
        holds: false,
        detail:
          'the policy allows hosts, but no network for them could be made (nsenter is missing or not permitted)',
      }
}

const capFacts = (group: ControlGroup | null, limits: Limits, memoryBytes: number): ProbeReport['facts'] => {
  const root = process.getuid?.() === 0
  const processes = group?.caps.includes('processes') === true
  const memory = group?.caps.includes('memory') === true
  return [
    {
      name: 'processes',
      holds: processes || !root,
      detail: processes
        ? `at most ${limits.processes} of all commands together (control group)`
        : root
          ? 'not capped: the kernel exempts root from limits of its own, and no control group can be made'
          : `at most ${limits.processes} of the user (resource limit)`,
    },
    {
      name: 'memory',
      holds: memory || limits.memoryBytes !== null,
      detail: memory
        ? `at most ${mebibytes(memoryBytes)} of all commands together (control group)`
        : limits.memoryBytes === null
          ? 'not capped: no control group can be made'
          : `at most ${mebibytes(limits.memoryBytes)} of data in each process (resource limit)`,
    },
  ]
}
