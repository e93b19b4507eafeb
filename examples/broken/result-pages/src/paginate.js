/** Cuts a list into pages. Pages are numbered from 1. */
export function paginate(items, { page = 1, size = 10 } = {}) {
  if (size < 1) throw new RangeError('size must be at least 1')
  const pages = Math.max(1, Math.ceil(items.length / size))
  const current = Math.min(Math.max(1, page), pages)
  const start = (current - 1) * size + 1
  return {
    items: items.slice(start, start + size),
    page: current,
    pages,
    total: items.length,
    hasNext: current < pages,
    hasPrevious: current > 1,
  }
}
