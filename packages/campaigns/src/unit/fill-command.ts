/** One word for a POSIX shell, whatever it holds. */
const quote = (word: string): string =>
  /^[\w@%+=:,./-]+$/u.test(word) && !word.startsWith('-') ? word : `'${word.replaceAll("'", `'\\''`)}'`

/** A file name that cannot be read as an option. */
const fileWord = (file: string): string => quote(file.startsWith('-') ? `./${file}` : file)

/**
 * Shell lines with `{unit}`, `{file}` and `{files}` replaced, quoted. A line with `{file}` is given once for each file;
 * without files `{file}` stands for the unit's name, and `{files}` for it too.
 */
export function fillCommand(command: string, unit: { id: string; files: readonly string[] }): string[] {
  const files = unit.files.length === 0 ? [unit.id] : unit.files
  const fill = (file: string) =>
    command.replaceAll(/\{(unit|files?)\}/gu, (_match, name: string) =>
      name === 'unit' ? quote(unit.id) : name === 'file' ? fileWord(file) : files.map(fileWord).join(' '),
    )
  return command.includes('{file}') ? files.map(fill) : [fill(files[0] ?? '')]
}
