/** A worker that the coordinator has started. */
export interface StartedWorker {
  /** Resolves when it has ended: by itself, or because somebody killed it. */
  ended: Promise<'left' | 'killed'>
  /** Lets it finish what it has. */
  drain(): void
  /** Makes it give back what it has. */
  stop(): void
}

/** Ends so soon after its start that it cannot have worked. */
const STILLBORN_MS = 2_000
const MAX_STILLBORN = 5
/** Wait before one that ended at once is replaced, so that a machine without memory is not kept busy by starting. */
const PAUSE_MS = 200

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
  const waiting = new Set<NodeJS.Timeout>()
  const add = () => {
    if (closing) return
    const begun = now()
    const worker = start(++number)
    crew.add(worker)
    void worker.ended.then((how) => {
      crew.delete(worker)
      if (closing) return
      const soon = now() - begun < STILLBORN_MS
      // One that somebody kills says nothing about the next one; one that cannot start would say it again.
      if (how === 'left') stillborn = soon ? stillborn + 1 : 0
      if (stillborn >= MAX_STILLBORN * count) return
      if (soon) waiting.add(setTimeout(add, PAUSE_MS))
      else add()
    })
  }
  for (let index = 0; index < count; index++) add()
  return {
    get broken() {
      return crew.size === 0 && !closing && stillborn >= MAX_STILLBORN * count && count > 0
    },
    async close(how) {
      closing = true
      for (const timer of waiting) clearTimeout(timer)
      const open = [...crew]
      for (const worker of open) worker[how]()
      await Promise.all(open.map((worker) => worker.ended))
    },
  }
}
