/** Values that come when they come, to be read in order by one reader. */
export interface Queue<T> extends AsyncIterable<T> {
  push(value: T): void
  /** What was pushed before is still read; then the reading ends, or fails with `error`. */
  end(error?: unknown): void
}

export function createQueue<T>(): Queue<T> {
  const values: T[] = []
  let over: { error?: unknown } | null = null
  let wake: () => void = () => undefined
  return {
    push(value) {
      if (over === null) values.push(value)
      wake()
    },
    end(error) {
      over ??= error === undefined ? {} : { error }
      wake()
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        while (values.length > 0) {
          // The list is not empty, so there is a value, which may itself be undefined.
          yield values.shift() as T
        }
        if (over !== null) {
          if ('error' in over) throw over.error
          return
        }
        await new Promise<void>((resolve) => (wake = resolve))
      }
    },
  }
}
