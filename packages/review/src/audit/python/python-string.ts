import type { PyNode } from './python-tree.ts'

const escapes: Record<string, string> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '0': '\0',
  '\n': '',
}

/** The value of one piece of a Python string: escapes read, unless the string is raw. */
export function pythonString(whole: PyNode, piece: PyNode): string {
  const prefix = /^[a-zA-Z]*/.exec(whole.text)?.[0].toLowerCase() ?? ''
  const text = prefix.includes('f') ? piece.text.replaceAll('{{', '{').replaceAll('}}', '}') : piece.text
  if (prefix.includes('r')) return text
  return text.replace(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[\s\S])/g, (all, what: string) =>
    what.length > 1 ? String.fromCharCode(Number.parseInt(what.slice(1), 16)) : (escapes[what] ?? all),
  )
}
