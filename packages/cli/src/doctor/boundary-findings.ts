import {
  clearLeftStubs,
  createEgress,
  createSandbox,
  loadPolicy,
  policyFiles,
  safeGit,
  type PolicyLayer,
  type ProbeReport,
} from '@cairn/guard'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { count } from '../output/format.ts'
import { ok, problem, type Finding } from './finding.ts'

interface Place {
  env: NodeJS.ProcessEnv
  home: string
  dataDir: string
  /** Whose policy counts. */
  folder: string
}

/** What each attempt of the probe tries, in the words of its name. */
const attempts: Readonly<Record<string, string>> = {
  ran: 'the attempts ran to their end',
  'write-outside': 'write to the parent of the workspace, home, /usr, /etc, /var and the data folder',
  'git-hooks': 'write a git hook',
  'git-config': 'change the configuration of git',
  'git-renamed': 'rename .git to put another one in its place',
  'read-secret': 'read a file of the data folder',
  'kill-host': 'send a signal to a process of the host',
  network: 'connect to a listener on the loopback interface of the host',
  egress: 'have the proxy reach a host that no rule names',
  environment: 'read the environment of another process',
  'own-environment': "see more of the host's environment than the allow-list",
  'kernel-settings': 'write a setting of the kernel',
  namespaces: 'make a new namespace',
  device: 'make a device',
  'unix-socket': 'open a unix socket',
  privileges: 'have a capability, or gain one',
  'syscall-filter': 'run without the filter of system calls',
}

/** Every boundary around commands, with what it was tested against just now. */
export async function boundaryFindings(place: Place): Promise<Finding[]> {
  const left = clearLeftStubs(place.dataDir)
  const { findings, layers } = readPolicy(place)
  return [
    ...findings,
    ...(await testSandbox(place, layers)),
    ...(left.length === 0
      ? []
      : [
          {
            ...ok('left behind', `${left.length} empty names of sessions that were killed, now removed`),
            lines: left,
          },
        ]),
  ]
}

function readPolicy({ env, home, folder }: Place): { findings: Finding[]; layers: PolicyLayer[] } {
  const files = policyFiles(env, home, folder)
  try {
    const layers = loadPolicy(files)
    const lines = (['managed', 'user', 'project'] as const).map((name) => {
      const layer = layers.find((each) => each.name === name)
      return `${name}: ${files[name]}${layer === undefined ? ' (not there)' : `, ${count(layer.rules.length, 'rule')}`}`
    })
    return {
      findings: [{ ...ok('policy', `${count(layers.length - 1, 'file')} besides what is built in`), lines }],
      layers,
    }
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    const todo = error instanceof Error && 'hint' in error ? String(error.hint) : 'Mend the file.'
    return { findings: [problem('policy', 'missing', detail, todo)], layers: [] }
  }
}

async function testSandbox({ env, home, dataDir }: Place, layers: PolicyLayer[]): Promise<Finding[]> {
  // The question is what the machine can do, not whether the present folder makes a good workspace.
  const workspace = mkdtempSync(join(tmpdir(), 'cairn-doctor-'))
  const egress = createEgress({ layers, secrets: [], now: () => Date.now(), onEvent: () => {} })
  const box = createSandbox({ workspace, home, env, dataDir, egress })
  try {
    // With a repository, so that the attempts on one are made.
    await safeGit(['init', '-q'], { cwd: workspace }).catch(() => null)
    const report = await box.probe()
    return [sandboxFinding(report), ...report.facts.map(factFinding)]
  } finally {
    await box.close()
    rmSync(workspace, { recursive: true, force: true })
  }
}

function sandboxFinding({ backend, level, checks, hint }: ProbeReport): Finding {
  const held = checks.filter((check) => check.held).length
  return {
    name: 'sandbox',
    state: level === 'full' ? 'ok' : level === 'partial' ? 'limited' : 'missing',
    detail: `${backend}, ${held} of ${checks.length} escape attempts held`,
    todo: hint,
    lines: checks.map(
      (check) =>
        `${check.held ? 'held   ' : 'ESCAPED'} ${check.name}: ${check.held ? (attempts[check.name] ?? check.name) : check.detail}`,
    ),
  }
}

const advice: Readonly<Record<ProbeReport['facts'][number]['name'], string>> = {
  network: 'Install util-linux (nsenter, unshare) and bubblewrap for a network that commands share.',
  egress: 'Install util-linux (nsenter, unshare) and bubblewrap; until then commands reach nothing.',
  processes: 'Run cairn as another user than root, or where control groups can be written.',
  memory: 'Run cairn where control groups can be written, for example by `systemd-run --user --scope cairn`.',
  files: '',
}

function factFinding({ name, holds, detail }: ProbeReport['facts'][number]): Finding {
  return holds ? ok(name, detail) : problem(name, 'limited', detail, advice[name])
}
