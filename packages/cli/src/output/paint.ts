export type Paint = Record<'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan', (text: string) => string>

const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const

/** Colours where the stream is a terminal and NO_COLOR is not set (https://no-color.org); FORCE_COLOR overrides. */
export function createPaint(stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv): Paint {
  const forced = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0'
  const on = forced || (stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb')
  const wrap = (name: keyof Paint) => (text: string) =>
    on && text !== '' ? `\u001B[${CODES[name][0]}m${text}\u001B[${CODES[name][1]}m` : text
  return {
    bold: wrap('bold'),
    dim: wrap('dim'),
    red: wrap('red'),
    green: wrap('green'),
    yellow: wrap('yellow'),
    cyan: wrap('cyan'),
  }
}
