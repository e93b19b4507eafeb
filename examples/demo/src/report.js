import { sum } from './money.js'

const DAY = 24 * 60 * 60 * 1000

/** Milliseconds of the first moment of a day given as `2026-03-01`, in UTC. */
export function startOf(day) {
  const time = Date.parse(`${day}T00:00:00Z`)
  if (Number.isNaN(time)) throw new Error(`not a day: ${day}`)
  return time
}

/** What was shipped from the first to the last day, best seller first. */
export function salesReport(log, { from, to }) {
  const start = startOf(from)
  const end = startOf(to)
  const shipped = log.of('order-shipped').filter((event) => event.at >= start && event.at < end)
  const bySku = new Map()
  for (const line of shipped.flatMap((event) => event.lines)) {
    const row = bySku.get(line.sku) ?? { sku: line.sku, quantity: 0, revenue: 0 }
    row.quantity += line.quantity
    row.revenue += line.net
    bySku.set(line.sku, row)
  }
  const rows = [...bySku.values()].sort((a, b) => b.revenue - a.revenue || a.sku.localeCompare(b.sku))
  const days = Math.round((startOf(to) - start) / DAY) + 1
  return { from, to, days, orders: shipped.length, rows, revenue: sum(rows.map((row) => row.revenue)) }
}
