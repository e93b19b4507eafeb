/** Text handed over to be summarised, oldest first. */
export interface Passage {
  role: string
  text: string
}

/** What a mock made up: the benchmark looks for it afterwards. */
export interface Lies {
  invented: string[]
  flipped: string[]
  mutated: string[]
}

/** Gives a summary of at most about `maxTokens`, or throws. */
export type Summariser = (passages: readonly Passage[], maxTokens: number) => string

export interface MockSummariser {
  id: string
  what: string
  summarise: Summariser
  /** Grows while it is used. */
  lies: Lies
}
