/** Languages that ast-grep brings along, by the end of a file's name. */
const BY_END: Readonly<Record<string, string>> = {
  js: 'JavaScript',
  cjs: 'JavaScript',
  mjs: 'JavaScript',
  jsx: 'JavaScript',
  ts: 'TypeScript',
  cts: 'TypeScript',
  mts: 'TypeScript',
  tsx: 'Tsx',
  html: 'Html',
  css: 'Css',
}

const BY_NAME: Readonly<Record<string, string>> = {
  ...BY_END,
  javascript: 'JavaScript',
  typescript: 'TypeScript',
}

/** The parser for a file; null where there is none. */
export const languageOfFile = (file: string): string | null => {
  const end = /\.([a-z]+)$/u.exec(file)?.[1]
  return end === undefined ? null : (BY_END[end] ?? null)
}

/** The parser of that name, as people write it; null where there is none. */
export const languageNamed = (name: string): string | null => BY_NAME[name.toLowerCase()] ?? null
