/** Gives the line, from 1, at which a text stands in another; 1 where it does not. Fast for marks asked in their order. */
export function lineFinder(text: string): (mark: string) => number {
  const plain = text.replaceAll('\r\n', '\n')
  const ends: number[] = []
  for (let at = plain.indexOf('\n'); at !== -1; at = plain.indexOf('\n', at + 1)) ends.push(at)
  let last = 0
  return (mark) => {
    const ahead = plain.indexOf(mark, last)
    const at = ahead === -1 ? plain.indexOf(mark) : ahead
    if (at === -1) return 1
    last = at
    let low = 0
    let high = ends.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((ends[middle] ?? 0) < at) low = middle + 1
      else high = middle
    }
    return low + 1
  }
}
