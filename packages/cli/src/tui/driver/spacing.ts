/** Never lets two empty lines follow each other, over all that is printed. */
export function createSpacing(): (lines: readonly string[]) => string[] {
  let empty = true
  return (lines) =>
    lines.filter((line) => {
      const again = line === '' && empty
      empty = line === ''
      return !again
    })
}
