/** One line of a change as it is shown. */
export interface DiffLine {
  type: 'file' | 'hunk' | 'add' | 'del' | 'same'
  text: string
}

const PATCH_FILE = /^\*\*\* ((?:Add|Update|Delete) File|Move to): (.+)$/u

function fromPatch(patch: string): DiffLine[] {
  const lines: DiffLine[] = []
  for (const line of patch.split('\n')) {
    const file = PATCH_FILE.exec(line)
    if (file !== null) {
      const verb = (file[1] ?? '').replace(' File', '').toLowerCase()
      lines.push({ type: 'file', text: `${verb} ${(file[2] ?? '').trim()}` })
    } else if (line.startsWith('@@')) lines.push({ type: 'hunk', text: line.slice(2).trim() })
    else if (line.startsWith('+')) lines.push({ type: 'add', text: line.slice(1) })
    else if (line.startsWith('-')) lines.push({ type: 'del', text: line.slice(1) })
    else if (line.startsWith(' ')) lines.push({ type: 'same', text: line.slice(1) })
  }
  return lines
}

/** What is equal at both ends of a replacement is no change. */
function fromReplacement(path: string, old: string, fresh: string): DiffLine[] {
  const [a, b] = [old.split('\n'), fresh.split('\n')]
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1
  let tail = 0
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1
  const typed = (type: DiffLine['type'], texts: string[]) => texts.map((text): DiffLine => ({ type, text }))
  return [
    { type: 'file', text: `update ${path}` },
    ...typed('same', a.slice(Math.max(0, head - 2), head)),
    ...typed('del', a.slice(head, a.length - tail)),
    ...typed('add', b.slice(head, b.length - tail)),
    ...typed('same', a.slice(a.length - tail, a.length - tail + 2)),
  ]
}

/** The change that an edit tool is called to make; null for other calls, and for arguments that are not whole. */
export function diffOfCall(args: string): DiffLine[] | null {
  let parsed: unknown
  try {
    parsed = JSON.parse(args)
  } catch {
    return null
  }
  if (typeof parsed !== 'object' || parsed === null) return null
  const word = (name: string) => {
    const value: unknown = Reflect.get(parsed, name)
    return typeof value === 'string' ? value : null
  }
  const patch = word('patch')
  if (patch !== null) return fromPatch(patch)
  const [path, old, fresh] = [word('path'), word('old'), word('new')]
  return path === null || old === null || fresh === null ? null : fromReplacement(path, old, fresh)
}

/** Lines of `git diff`. */
export function diffOfGit(text: string): DiffLine[] {
  const lines: DiffLine[] = []
  let inHunk = false
  for (const line of text.split('\n')) {
    if (line.startsWith('diff --git ')) {
      inHunk = false
      lines.push({ type: 'file', text: line.slice('diff --git '.length) })
    } else if (line.startsWith('@@')) {
      inHunk = true
      lines.push({ type: 'hunk', text: line.replaceAll('@', '').trim() })
    } else if (!inHunk) continue
    else if (line.startsWith('+')) lines.push({ type: 'add', text: line.slice(1) })
    else if (line.startsWith('-')) lines.push({ type: 'del', text: line.slice(1) })
    else if (line.startsWith(' ')) lines.push({ type: 'same', text: line.slice(1) })
  }
  return lines
}
