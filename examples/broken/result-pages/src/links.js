/**
 * Page numbers to show below a list: the first, the last, and those around the current one. `null` stands for a gap.
 */
export function pageLinks(current, pages, around = 1) {
  const shown = new Set([1, pages])
  for (let page = current - around; page <= current + around; page++) {
    if (page >= 1 && page <= pages) shown.add(page)
  }
  const links = []
  let previous = 0
  for (const page of [...shown].sort((a, b) => a - b)) {
    if (page - previous > 1) links.push(null)
    links.push(page)
    previous = page
  }
  return links
}

export function describe({ page, pages, total }, size = 10) {
  if (total === 0) return 'no results'
  const from = (page - 1) * size + 1
  const to = Math.min(total, page * size)
  return `${from}–${to} of ${total} (page ${page} of ${pages})`
}
