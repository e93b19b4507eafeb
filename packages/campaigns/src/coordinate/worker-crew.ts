/** A worker that the coordinator has started. */
export interface StartedWorker {
  /** Resolves when it has ended, whatever the cause. */
  ended: Promise<void>
  /** Lets it finish what it has. */
  drain(): void
  /** Makes it give back what it has. */
  stop(): void
}

/** Ends so soon after its start that it cannot have worked. */
const STILLBORN_MS = 2_000
const MAX_STILLBORN = 5

/** Keeps a number of workers alive: one that dies is replaced. */
export interface WorkerCrew {
  /** Set when workers end as soon as they are started. */
  readonly broken: boolean
  close(how: 'drain' | 'stop'): Promise<void>
}

/** `start` is given a number that is never used twice. */
export function keepWorkers(
  count: number,
  start: (number: number) => StartedWorker,
  now: () => number,
): WorkerCrew {
  const crew = new Set<StartedWorker>()
  let closing = false
  let number = 0
  let stillborn = 0
  const add = () => {
    const begun = now()
    const worker = start(++number)
    crew.add(worker)
    void worker.ended.then(() => {
      crew.delete(worker)
      if (closing) return
      stillborn = now() - begun < STILLBORN_MS ? stillborn + 1 : 0
      if (stillborn < MAX_STILLBORN * count) add()
    })
  }
  for (let index = 0; index < count; index++) add()
  return {
    get broken() {
      return crew.size === 0 && !closing && count > 0
    },
    async close(how) {
      closing = true
      const open = [...crew]
      for (const worker of open) worker[how]()
      await Promise.all(open.map((worker) => worker.ended))
    },
  }
}
