import { isDeepStrictEqual } from 'node:util'

/** A value that can be written. */
export type TomlValue = string | number | readonly string[] | Readonly<Record<string, string>>
type Parse = (text: string) => Record<string, unknown>

const key = (name: string) => (/^[\w-]+$/u.test(name) ? name : JSON.stringify(name))

// The escapes of JSON are escapes of TOML as well; DEL alone TOML wants escaped and JSON does not.
const text = (value: string) => JSON.stringify(value).replaceAll('\u007F', '\\u007F')

function written(value: TomlValue): string {
  if (typeof value === 'string') return text(value)
  if (typeof value === 'number') return String(value)
  if (Array.isArray(value)) return `[${value.map(text).join(', ')}]`
  const pairs = Object.entries(value).map(([name, each]) => `${key(name)} = ${text(String(each))}`)
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`
}

const newline = (file: string) => (file.includes('\r\n') ? '\r\n' : '\n')

const tableOf = (parsed: Record<string, unknown>, table: string): Record<string, unknown> => {
  const found = parsed[table]
  return typeof found === 'object' && found !== null ? { ...found } : {}
}

/**
 * Adds `[TABLE.NAME]` at the end of a TOML file; every other byte stays. Null where that does not give what is meant, because the file
 * writes the table in another way. `parse` throws for what is no TOML.
 */
export function addTomlTable(
  file: string,
  table: string,
  name: string,
  entry: Readonly<Record<string, TomlValue>>,
  parse: Parse,
): string | null {
  const end = newline(file)
  const lines = [
    `[${key(table)}.${key(name)}]`,
    ...Object.entries(entry).map(([option, value]) => `${key(option)} = ${written(value)}`),
  ]
  const before = file === '' ? '' : `${file.replace(/(?:\r?\n)*$/u, '')}${end}${end}`
  const after = `${before}${lines.join(end)}${end}`
  const was = file === '' ? {} : parse(file)
  const meant = { ...was, [table]: { ...tableOf(was, table), [name]: entry } }
  return isGiving(after, meant, parse) ? after : null
}

/** Takes `[TABLE.NAME]` and what is below it out; every other byte stays. Null where the file writes it in another way. */
export function removeTomlTable(file: string, table: string, name: string, parse: Parse): string | null {
  const named = (part: string) => `(?:${part}|"${part}"|'${part}')`
  const own = new RegExp(
    `^\\s*\\[\\s*${named(table)}\\s*\\.\\s*${named(name)}\\s*(?:\\.[^\\]]*)?\\]\\s*(?:#.*)?$`,
    'u',
  )
  const lines = file.split('\n')
  const kept: string[] = []
  let isInside = false
  /** Comments and empty lines inside, which belong to what follows if that is another table. */
  let loose: string[] = []
  const keepLoose = () => {
    const isBlank = (line: string | undefined) => line === undefined || line.trim() === ''
    for (const line of loose) if (!isBlank(line) || !isBlank(kept.at(-1))) kept.push(line)
  }
  for (const line of lines) {
    const bare = line.replace(/\r$/u, '')
    if (own.test(bare)) {
      isInside = true
      loose = []
    } else if (isInside && /^\s*\[/u.test(bare)) {
      isInside = false
      keepLoose()
    }
    if (!isInside) kept.push(line)
    else if (/^\s*(?:#.*)?$/u.test(bare)) loose.push(line)
    else loose = []
  }
  // What stands after the last table of a file stays as well.
  if (isInside) keepLoose()
  const after = kept.join('\n')
  const was = parse(file)
  const { [name]: _removed, ...others } = tableOf(was, table)
  const { [table]: _table, ...rest } = was
  const left = Object.keys(others).length === 0 ? rest : { ...rest, [table]: others }
  return isGiving(after, left, parse) || isGiving(after, { ...rest, [table]: others }, parse) ? after : null
}

function isGiving(file: string, meant: Record<string, unknown>, parse: Parse): boolean {
  try {
    // Tables of a parser may have no prototype, which is no difference.
    return isDeepStrictEqual(structuredClone(parse(file)), structuredClone(meant))
  } catch {
    return false
  }
}
