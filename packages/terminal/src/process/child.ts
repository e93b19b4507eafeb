/** How a process ended, as far as the launcher tells. */
export interface Ending {
  exit: number | null
  signal: string | null
}

/** A started process, through pipes or a terminal. */
export interface Child {
  /** The process group on the host; -1 until it is there. */
  readonly pid: number
  /** Settles when the process has ended and all of its output was delivered. Never rejects. */
  readonly ended: Promise<Ending>
  /** Where output goes from now on; what came before is delivered first. Standard output and error arrive as one. */
  listen(onData: (chunk: Buffer) => void): void
  write(text: string): void
  /** Asks everything in the sandbox to end. */
  ask(): void
  /** Ends everything at once. */
  force(): void
}

/**
 * Keeps output until somebody listens. Only a sandbox that waits for its command is not listened to, and it prints
 * nothing but the launcher's complaints.
 */
export const outlet = () => {
  let listener: ((chunk: Buffer) => void) | null = null
  const kept: Buffer[] = []
  return {
    push(chunk: Buffer) {
      if (listener === null) kept.push(chunk)
      else listener(chunk)
    },
    listen(onData: (chunk: Buffer) => void) {
      listener = onData
      for (const chunk of kept.splice(0)) onData(chunk)
    },
  }
}
