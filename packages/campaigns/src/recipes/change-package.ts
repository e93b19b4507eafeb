/** The text of a package file after a change, in its own indentation; null where nothing changes or it is no JSON. */
export function changePackage(
  text: string,
  change: (value: { [key: string]: unknown }) => boolean,
): string | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
    const copy: { [key: string]: unknown } = { ...value }
    if (!change(copy)) return null
    const indent = /^[{[]\r?\n([ \t]+)/u.exec(text)?.[1] ?? '  '
    return JSON.stringify(copy, null, indent) + (text.endsWith('\n') ? '\n' : '')
  } catch {
    return null
  }
}
