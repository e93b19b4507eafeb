import type { Terminal } from '@xterm/headless'

const COLOURS = ['#1c1f24', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#d7dae0']
const INK = '#d7dae0'
const CELL = { width: 8.4, height: 18 } as const
const MARGIN = 12

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** What is visible in a terminal as an SVG picture: one text element for each run of cells that look alike. */
export function screenSvg(terminal: Terminal, title: string): string {
  const { active } = terminal.buffer
  const parts: string[] = []
  for (let y = 0; y < terminal.rows; y += 1) {
    const line = active.getLine(active.baseY + y)
    let run = { text: '', from: 0, style: '' }
    const flush = () => {
      if (run.text.trim() !== '')
        parts.push(
          `<text x="${(MARGIN + run.from * CELL.width).toFixed(1)}" y="${MARGIN + 14 + y * CELL.height}" textLength="${(run.text.length * CELL.width).toFixed(1)}" ${run.style}>${escaped(run.text)}</text>`,
        )
    }
    for (let x = 0; x < terminal.cols; x += 1) {
      const cell = line?.getCell(x)
      const fill = cell === undefined || cell.isFgDefault() ? INK : (COLOURS[cell.getFgColor() % 8] ?? INK)
      const weight = cell !== undefined && cell.isBold() !== 0 ? ' font-weight="bold"' : ''
      const faint = cell !== undefined && cell.isDim() !== 0 ? ' opacity="0.6"' : ''
      const style = `fill="${fill}"${weight}${faint}`
      if (style !== run.style) {
        flush()
        run = { text: '', from: x, style }
      }
      run.text += cell?.getChars() || ' '
    }
    flush()
  }
  const width = Math.ceil(terminal.cols * CELL.width + 2 * MARGIN)
  const height = terminal.rows * CELL.height + 2 * MARGIN
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">
<title>${escaped(title)}</title>
<rect width="100%" height="100%" rx="8" fill="#1c1f24"/>
<g font-family="ui-monospace, Menlo, Consolas, monospace" font-size="14" xml:space="preserve">
${parts.join('\n')}
</g>
</svg>
`
}
