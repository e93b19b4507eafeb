/** A list of what happened. Listeners get events in order; the log keeps them for reports. */
export class EventLog {
  #events = []
  #listeners = new Map()

  on(type, listener) {
    const listeners = this.#listeners.get(type) ?? []
    this.#listeners.set(type, [...listeners, listener])
    return () => {
      const left = (this.#listeners.get(type) ?? []).filter((each) => each !== listener)
      this.#listeners.set(type, left)
    }
  }

  emit(type, at, data) {
    const event = Object.freeze({ type, at, ...data })
    this.#events.push(event)
    for (const listener of this.#listeners.get(type) ?? []) listener(event)
    return event
  }

  of(type) {
    return this.#events.filter((event) => event.type === type)
  }
}
