export interface Table {
  title: string
  /** One paragraph: what was done. */
  note: string
  columns: string[]
  rows: string[][]
}

/** For a terminal: columns of equal width. */
export function plainTable(table: Table): string {
  const widths = table.columns.map((name, i) =>
    Math.max(name.length, ...table.rows.map((row) => (row[i] ?? '').length)),
  )
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ')
  return [
    table.title,
    line(table.columns),
    widths.map((n) => '-'.repeat(n)).join('  '),
    ...table.rows.map(line),
    '',
  ].join('\n')
}

export function markdownTable(table: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [
    `## ${table.title}`,
    '',
    table.note,
    '',
    line(table.columns),
    line(table.columns.map((_, i) => (i === 0 ? '---' : '---:'))),
    ...table.rows.map(line),
    '',
  ].join('\n')
}

/** Percent without decimals, but never rounded up to 100 or down to 0. */
export function percent(value: number | null): string {
  if (value === null) return '–'
  const rounded = Math.round(value * 100)
  if (rounded === 100 && value < 1) return '99'
  if (rounded === 0 && value > 0) return '1'
  return String(rounded)
}

export function times(value: number | null): string {
  return value === null ? '–' : value.toFixed(value < 10 ? 2 : 1)
}

export function thousands(value: number): string {
  return value >= 10_000 ? `${Math.round(value / 1000)}k` : String(Math.round(value))
}
