import { readFileSync } from 'node:fs'

/** Text of a prompt file beside its module. The bundle replaces the call by the text itself. */
export function promptText(url: URL): string {
  return readFileSync(url, 'utf8').trim()
}
