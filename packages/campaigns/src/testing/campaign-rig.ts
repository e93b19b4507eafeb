import { execFileSync, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Event, EventKind } from '@cairn/journal'
import { runCampaign, type CampaignEnd, type CampaignRun } from '../coordinate/run-campaign.ts'
import type { StartedWorker } from '../coordinate/worker-crew.ts'
import { parseCampaign } from '../define/parse-campaign.ts'
import { openEmbeddedFleet } from '../fleet/embedded-fleet.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { openPostgresFleet } from '../fleet/postgres-fleet.ts'
import { RECIPES } from '../recipes/find-recipe.ts'
import { spawnWorker } from './spawn-worker.ts'
import type { WorkerSettings } from './worker-process.ts'

/** A repository, a data folder, and campaigns on them with workers as real processes. */
export interface CampaignRig extends AsyncDisposable {
  readonly folder: string
  readonly repository: string
  readonly dataDir: string
  readonly home: string
  readonly events: Event[]
  /** Workers that run. */
  readonly children: ReadonlySet<ChildProcess>
  git(...args: string[]): string
  /** Files of a revision, by path. */
  tree(revision: string): Record<string, string>
  /** Where its workers and coordinators meet. */
  readonly fleetAt: string
  openFleet(): Promise<Fleet>
  /** `other`: what is not as in the rig, such as the data folder of another machine. */
  startWorker(campaign: string, other?: Partial<WorkerSettings>): StartedWorker
  run(
    target: string | { id: string },
    options?: Partial<Pick<CampaignRun, 'workers' | 'approve' | 'signal' | 'now'>>,
  ): Promise<CampaignEnd>
  of<K extends EventKind>(kind: K): Event<K>[]
}

export function campaignRig(
  files: Record<string, string>,
  options: { model?: string; fleet?: string; leaseMs?: number } = {},
): CampaignRig {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cairn-campaign-')))
  const repository = join(folder, 'work')
  const dataDir = join(folder, 'data')
  const home = join(folder, 'home')
  for (const path of [repository, dataDir, home]) mkdirSync(path)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(repository, name)), { recursive: true })
    writeFileSync(join(repository, name), text)
  }
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=n', '-c', 'user.email=e', ...args], {
      cwd: repository,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    }).trim()
  git('init', '-q', '-b', 'main')
  git('add', '-A')
  git('commit', '-qm', 'first')
  const fleetAt = options.fleet ?? join(dataDir, 'fleet.sqlite')
  const openFleet = async () =>
    fleetAt.startsWith('postgres:')
      ? openPostgresFleet(fleetAt, { now: Date.now })
      : openEmbeddedFleet(fleetAt, { now: Date.now })
  const children = new Set<ChildProcess>()
  const events: Event[] = []
  let workers = 0
  const startWorker: CampaignRig['startWorker'] = (campaign, other) => {
    const settings: WorkerSettings = {
      id: `w${process.pid}-${++workers}`,
      campaign,
      dataDir,
      home,
      fleet: fleetAt,
      model: options.model ?? null,
      leaseMs: options.leaseMs ?? 5_000,
      ...other,
    }
    const { child, worker } = spawnWorker(settings)
    children.add(child)
    void worker.ended.then(() => children.delete(child))
    return worker
  }
  return {
    folder,
    repository,
    dataDir,
    home,
    events,
    children,
    git,
    tree(revision) {
      const names = git('ls-tree', '-r', '--name-only', revision).split('\n')
      return Object.fromEntries(names.map((name) => [name, git('show', `${revision}:${name}`)]))
    },
    fleetAt,
    openFleet,
    startWorker,
    async run(target, options = {}) {
      const { workers: count = 2, approve = null, now = Date.now } = options
      const { signal = new AbortController().signal } = options
      const fleet = await openFleet()
      try {
        return await runCampaign({
          dataDir,
          home,
          env: { PATH: process.env['PATH'] ?? '', HOME: home, LANG: 'C.UTF-8' },
          now,
          target:
            typeof target === 'string'
              ? {
                  definition: parseCampaign(
                    target,
                    'test',
                    RECIPES.map((recipe) => recipe.name),
                  ),
                  repository,
                }
              : target,
          version: '0.0.0',
          fleet,
          workers: count,
          startWorker: (id) => startWorker(id),
          approve,
          provider: null,
          priority: 0,
          signal,
          listener: (_id, event) => events.push(event),
          onProgress: () => undefined,
        })
      } finally {
        await fleet.close()
      }
    },
    // The filter keeps exactly the events of that kind.
    of: <K extends EventKind>(kind: K) => events.filter((event) => event.kind === kind) as Event<K>[],
    async [Symbol.asyncDispose]() {
      for (const child of children) child.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
