/**
 * Loaded with `node --import` before the suite: takes the defence away that CAIRN_ADVERSARY_OFF names, by changing the text
 * of the product's modules as they are loaded. Nothing of the kind is in the product, so no flag of it can do this.
 */
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { defenceOf, type Edit } from './defences.ts'

const packages = join(import.meta.dirname, '..', 'packages')
const off = process.env['CAIRN_ADVERSARY_OFF'] ?? ''
const byUrl = new Map<string, Edit[]>()
for (const edit of off === '' ? [] : defenceOf(off).edits) {
  const url = pathToFileURL(join(packages, edit.file)).href
  byUrl.set(url, [...(byUrl.get(url) ?? []), edit])
}

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    const edits = byUrl.get(url)
    if (edits === undefined) return loaded
    let text =
      typeof loaded.source === 'string'
        ? loaded.source
        : Buffer.from(loaded.source as Uint8Array).toString('utf8')
    for (const { file, find, replace } of edits) {
      // A defence that was rewritten has to be found anew: a case must not count as shown by an edit that does nothing.
      if (text.split(find).length !== 2)
        throw new Error(`${off}: ${file} does not have this text once: ${find}`)
      text = text.replace(find, () => replace)
    }
    return { ...loaded, source: text }
  },
})
