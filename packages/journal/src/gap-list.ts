/** Spans of numbers that did not come, some of which may still come late. */
export class GapList {
  #spans: [number, number][] = []

  /** Notes that the numbers `from` to `to` were passed over; they are larger than any before. */
  add(from: number, to: number): void {
    this.#spans.push([from, to])
  }

  /** Notes that a number came after all. */
  fill(seq: number): void {
    this.#spans = this.#spans.flatMap(([from, to]): [number, number][] => {
      if (seq < from || seq > to) return [[from, to]]
      const parts: [number, number][] = []
      if (from < seq) parts.push([from, seq - 1])
      if (seq < to) parts.push([seq + 1, to])
      return parts
    })
  }

  /** What is still missing, in order. */
  spans(): readonly (readonly [number, number])[] {
    return this.#spans
  }
}
