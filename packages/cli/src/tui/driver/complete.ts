import type { AutocompleteItem, AutocompleteProvider } from '@earendil-works/pi-tui'
import { go } from 'fuzzysort'

/** What completion offers: commands after `/` at the beginning, files after `@`. */
export interface CompletionSources {
  commands(): { name: string; summary: string }[]
  /** What may follow a command. */
  values(command: string): AutocompleteItem[] | Promise<AutocompleteItem[]>
  /** Paths below the workspace; asked again at each completion. */
  files(): Promise<readonly string[]>
}

const SHOWN = 20
const AT = /(?:^|\s)@(\S*)$/u
const ARGUMENT = /^\/(\S+)\s+(\S*)$/u

async function suggestions(sources: CompletionSources, before: string, firstLine: boolean) {
  const at = AT.exec(before)?.[1]
  if (at !== undefined) {
    const files = await sources.files()
    const found =
      at === '' ? files.slice(0, SHOWN) : go(at, [...files], { limit: SHOWN }).map((result) => result.target)
    return { items: found.map((path) => ({ value: path, label: path })), prefix: `@${at}` }
  }
  if (!firstLine || !before.startsWith('/')) return null
  const argument = ARGUMENT.exec(before)
  if (argument !== null) {
    const [, command = '', typed = ''] = argument
    const values = await sources.values(command)
    return { items: values.filter(({ value }) => value.startsWith(typed)), prefix: typed }
  }
  if (/\s/u.test(before)) return null
  const typed = before.slice(1)
  const commands = sources.commands()
  const begin = commands.filter(({ name }) => name.startsWith(typed))
  const found =
    begin.length > 0 ? begin : go(typed, commands, { key: 'name', limit: SHOWN }).map((result) => result.obj)
  return {
    items: found.map(({ name, summary }) => ({ value: name, label: `/${name}`, description: summary })),
    prefix: before,
  }
}

export function createCompletion(sources: CompletionSources): AutocompleteProvider {
  return {
    triggerCharacters: ['@'],
    async getSuggestions(lines, cursorLine, cursorCol, { signal }) {
      const before = (lines[cursorLine] ?? '').slice(0, cursorCol)
      const found = await suggestions(sources, before, cursorLine === 0)
      return found === null || found.items.length === 0 || signal.aborted ? null : found
    },
    applyCompletion(lines, cursorLine, cursorCol, item, prefix) {
      const line = lines[cursorLine] ?? ''
      const start = cursorCol - prefix.length
      const mark = prefix.startsWith('@') ? '@' : prefix.startsWith('/') ? '/' : ''
      const put = `${mark}${item.value} `
      const fresh = line.slice(0, start) + put + line.slice(cursorCol).trimStart()
      return {
        lines: lines.map((each, at) => (at === cursorLine ? fresh : each)),
        cursorLine,
        cursorCol: start + put.length,
      }
    },
    shouldTriggerFileCompletion: () => true,
  }
}
