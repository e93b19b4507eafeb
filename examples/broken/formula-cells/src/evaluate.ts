import { tokenize } from './tokens.ts'
import type { Token } from './tokens.ts'

export type Sheet = Record<string, string>

/** The value of a formula such as `=A1*(2+B2)`, or of plain number text. */
export function valueOf(sheet: Sheet, name: string, open: string[] = []): number {
  if (open.includes(name)) throw new Error(`cycle: ${[...open, name].join(' -> ')}`)
  const content = sheet[name] ?? '0'
  if (!content.startsWith('=')) return Number(content)
  const tokens = tokenize(content.slice(1))
  const parser = new Parser(tokens, (cell) => valueOf(sheet, cell, [...open, name]))
  return parser.parse()
}

class Parser {
  #tokens: Token[]
  #at = 0
  #lookUp: (cell: string) => number

  constructor(tokens: Token[], lookUp: (cell: string) => number) {
    this.#tokens = tokens
    this.#lookUp = lookUp
  }

  parse(): number {
    const value = this.#sum()
    if (this.#at < this.#tokens.length) throw new Error('text after the end of the formula')
    return value
  }

  #sum(): number {
    let value = this.#product()
    for (;;) {
      if (this.#take('+')) value += this.#product()
      else if (this.#take('-')) value -= this.#product()
      else return value
    }
  }

  #product(): number {
    let value = this.#factor()
    for (;;) {
      if (this.#take('*')) value *= this.#factor()
      else if (this.#take('/')) value /= this.#factor()
      else return value
    }
  }

  #factor(): number {
    if (this.#take('-')) return -this.#factor()
    if (this.#take('(')) {
      const value = this.#sum()
      if (!this.#take(')')) throw new Error('missing )')
      return value
    }
    return this.#operand()
  }

  #operand(): number {
    const token = this.#tokens[this.#at++]
    if (token?.kind === 'number') return token.value
    if (token?.kind === 'cell') {
      const value = this.#lookUp(token.name)
      if (Number.isNaN(value)) throw new Error(`${token.name} is not a number`)
      
    }
    throw new Error('a number or a cell was expected')
  }

  #take(text: string): boolean {
    const token = this.#tokens[this.#at]
    if (token?.kind !== 'sign' || token.text !== text) return false
    this.#at++
    return true
  }
}
