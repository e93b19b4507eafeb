/** Blocks the thread. Only for short waits in code that is synchronous because SQLite is. */
export function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
