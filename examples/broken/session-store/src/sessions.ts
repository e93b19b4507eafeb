import { parseDuration } from './durations.ts'

export interface Session<T> {
  id: string
  data: T
  expires: number
}

export interface Options {
  ttl?: string
  /** Reading a session makes it live longer. */
  sliding?: boolean
  now?: () => number
}

export class SessionStore<T> {
  #sessions = new Map<string, Session<T>>()
  #ttl: number
  #sliding: boolean
  #now: () => number
  #next = 1

  constructor({ ttl = '30m', sliding = true, now = Date.now }: Options = {}) {
    this.#ttl = parseDuration(ttl)
    this.#sliding = sliding
    this.#now = now
  }

  create(data: T): string {
    const id = `s${this.#next++}`
    this.#sessions.set(id, { id, data, expires: this.#now() + this.#ttl })
    return id
  }

  get(id: string): T | undefined {
    const session = this.#sessions.get(id)
    if (session === undefined) return undefined
    if (session.expires <= this.#now()) {
      this.#sessions.delete(id)
      return undefined
    }
    if (this.#sliding) session.expires = this.#now() + this.#ttl
    return session.data
  }

  sweep(): number {
    const before = this.#sessions.size
    for (const [id, session] of this.#sessions) {
      if (session.expires <= this.#now()) this.#sessions.delete(id)
    }
    return before - this.#sessions.size
  }
}
