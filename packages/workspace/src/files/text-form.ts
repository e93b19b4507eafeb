/** A text file taken apart so that edits keep its byte-order mark, its line ends and its missing final newline. */
export interface TextForm {
  bom: boolean
  lines: Line[]
  /** What a new line gets: the line end that most lines of the file have. */
  eol: '\n' | '\r\n'
  finalNewline: boolean
}

export interface Line {
  text: string
  /** Empty for a new line and for a last line without newline. */
  eol: '' | '\n' | '\r\n'
}

const BOM = '\ufeff'

/** Decodes UTF-8 strictly; null where the bytes are not UTF-8, so that nothing is ever rewritten with losses. */
export function decodeText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

export function parseText(text: string): TextForm {
  const bom = text.startsWith(BOM)
  const lines: Line[] = []
  let crlf = 0
  let from = bom ? 1 : 0
  while (from < text.length) {
    const newline = text.indexOf('\n', from)
    if (newline < 0) {
      lines.push({ text: text.slice(from), eol: '' })
      break
    }
    const returned = newline > from && text[newline - 1] === '\r'
    if (returned) crlf++
    lines.push({ text: text.slice(from, returned ? newline - 1 : newline), eol: returned ? '\r\n' : '\n' })
    from = newline + 1
  }
  const ended = lines.filter((line) => line.eol !== '').length
  return { bom, lines, eol: crlf * 2 > ended ? '\r\n' : '\n', finalNewline: lines.at(-1)?.eol !== '' }
}

/** Puts a form together again; lines without an end get the usual one, the last line as `finalNewline` says. */
export function printText(form: TextForm): string {
  const last = form.lines.length - 1
  let text = form.bom ? BOM : ''
  form.lines.forEach((line, index) => {
    text += line.text
    if (index < last || form.finalNewline) text += line.eol || form.eol
  })
  return text
}
